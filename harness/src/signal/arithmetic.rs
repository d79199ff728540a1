//! Fixed-point arithmetic as the Recommendations of the ITU-T define it.

/// The low sixteen bits, as a signed number.
#[expect(clippy::cast_possible_truncation, reason = "wrapping is what it is for")]
pub(super) const fn wrap16(value: i32) -> i32 {
    value as i16 as i32
}

/// The nearest value that sixteen bits hold.
pub(super) const fn clip16(value: i32) -> i32 {
    if value > 32_767 {
        32_767
    } else if value < -32_768 {
        -32_768
    } else {
        value
    }
}

/// The nearest sample to a value.
#[expect(clippy::cast_possible_truncation, reason = "it has been clipped")]
pub(super) const fn sample(value: i32) -> i16 {
    clip16(value) as i16
}

/// The low eight bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the low bits are wanted"
)]
pub(super) const fn low_octet(value: i32) -> u8 {
    value as u8
}

/// The entry of a table at `index`, which wraps at the table's length, a power of two.
#[expect(clippy::indexing_slicing, clippy::cast_sign_loss, reason = "the mask keeps it inside")]
pub(super) const fn entry<const N: usize>(table: &[i32; N], index: i32) -> i32 {
    const { assert!(N.is_power_of_two()) };
    table[index as usize & (N - 1)]
}
