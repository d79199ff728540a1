//! A door station with a speaker, a microphone, a call button, a door relay and a serial console.
