//! The scale factor of the quantiser, and how fast it adapts.

use super::quantiser::Step;

/// The scale factor and the speed of its adaptation.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    /// Y: the factor in use, a logarithm.
    factor: i32,
    /// YU and YL: the fast one and the slow one that it is mixed of.
    fast: i32,
    slow: i32,
    /// DMS and DML: short and long average of how far the codes are from zero.
    short_average: i32,
    long_average: i32,
    /// AP: the speed before it is limited.
    speed: i32,
}

impl Default for Scale {
    fn default() -> Self {
        let (fast, slow) = (544, 34_816);
        Self {
            factor: mixed(fast, slow, 0),
            fast,
            slow,
            short_average: 0,
            long_average: 0,
            speed: 0,
        }
    }
}

impl Scale {
    /// The factor in use.
    pub(super) const fn factor(&self) -> i32 {
        self.factor
    }

    /// TRANS: whether a difference of that magnitude ends a narrow-band signal.
    pub(super) fn is_transition(&self, magnitude: i32, tone: bool) -> bool {
        let whole = self.slow >> 15;
        let fraction = (self.slow >> 10) & 31;
        let threshold = if whole > 9 { 31 << 10 } else { (32 + fraction) << whole };
        tone && magnitude > (threshold + (threshold >> 1)) >> 1
    }

    /// Takes what a code does.
    pub(super) fn update(&mut self, step: Step, transition: bool, tone: bool) {
        // FILTA, FILTB, SUBTC, FILTC and TRIGA.
        self.short_average += ((step.speed << 9) - self.short_average) >> 5;
        self.long_average += ((step.speed << 11) - self.long_average) >> 7;
        let apart = ((self.short_average << 2) - self.long_average).abs();
        let quick = self.factor < 1_536 || tone || apart >= self.long_average >> 3;
        self.speed = if transition {
            256
        } else {
            self.speed + ((if quick { 512 } else { 0 } - self.speed) >> 4)
        };
        // FILTD and LIMB.
        let moved = self.factor + (((step.multiplier << 5) - self.factor) >> 5);
        self.fast = moved.clamp(544, 5_120);
        // FILTE.
        self.slow += self.fast + (-self.slow >> 6);
        self.factor = mixed(self.fast, self.slow, self.speed);
    }
}

/// LIMA and MIX.
const fn mixed(fast: i32, slow: i32, speed: i32) -> i32 {
    let weight = if speed >= 256 { 64 } else { speed >> 2 };
    let slow = slow >> 6;
    // The product is cut towards zero.
    slow + (fast - slow) * weight / 64
}
