//! Samples: codecs, tones, DTMF, levels, correlation.
