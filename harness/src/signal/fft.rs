//! The Fourier transform of a real signal, both ways.

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// Remembers what it has planned.
    static PLANNER: RefCell<RealFftPlanner<f64>> = RefCell::new(RealFftPlanner::new());
}

/// A transform of one even length.
pub(super) struct Fft {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
}

impl Fft {
    /// A transform of the next power of two that holds `least` samples.
    pub(super) fn holding(least: usize) -> Self {
        let length = least.max(2).next_power_of_two();
        PLANNER.with_borrow_mut(|planner| Self {
            forward: planner.plan_fft_forward(length),
            inverse: planner.plan_fft_inverse(length),
        })
    }

    /// How many samples it transforms.
    pub(super) fn len(&self) -> usize {
        self.forward.len()
    }

    /// The spectrum from zero to half the sampling rate; the signal is continued with zeros.
    #[expect(clippy::expect_used, reason = "the plan itself makes both buffers")]
    pub(super) fn spectrum(&self, signal: impl IntoIterator<Item = f64>) -> Vec<Complex<f64>> {
        let mut input = self.forward.make_input_vec();
        input.iter_mut().zip(signal).for_each(|(slot, value)| *slot = value);
        let mut output = self.forward.make_output_vec();
        self.forward.process(&mut input, &mut output).expect("buffers of the planned length");
        output
    }

    /// The signal of a spectrum that [`spectrum`](Self::spectrum) made, or of the same shape.
    #[expect(clippy::expect_used, reason = "the plan itself makes both buffers")]
    pub(super) fn signal(&self, spectrum: &[Complex<f64>]) -> Vec<f64> {
        let mut input = self.inverse.make_input_vec();
        input.iter_mut().zip(spectrum).for_each(|(slot, value)| *slot = *value);
        // A real signal has no imaginary part at either end of the band.
        if let [first, .., last] = input.as_mut_slice() {
            (first.im, last.im) = (0.0, 0.0);
        }
        let mut output = self.inverse.make_output_vec();
        self.inverse.process(&mut input, &mut output).expect("buffers of the planned length");
        let scale = super::real(self.len()).recip();
        output.into_iter().map(|value| scale * value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_the_same_signal() {
        let fft = Fft::holding(100);
        assert_eq!(fft.len(), 128);
        let signal: Vec<f64> = (0..100).map(|n| f64::from(n * n % 37)).collect();
        let back = fft.signal(&fft.spectrum(signal.iter().copied()));
        assert!(back.iter().zip(&signal).all(|(a, b)| (a - b).abs() < 1e-9));
        assert!(back[100..].iter().all(|x| x.abs() < 1e-9));
    }
}
