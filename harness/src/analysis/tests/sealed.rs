//! Keys of SRTP that the capture has not got.

use super::*;
use crate::wire::rtcp::{self, SenderInfo};
use crate::wire::sdp::crypto::Crypto;
use crate::wire::srtp::{Encryption, MasterKey, Sealer, Suite};

#[test]
fn keys_from_outside_open_what_they_fit_and_nothing_else() {
    let key = MasterKey::draw(Suite::ALL[0], &mut fastrand::Rng::with_seed(1));
    let other = MasterKey::draw(Suite::ALL[0], &mut fastrand::Rng::with_seed(2));
    let keys = [&other, &key].map(|key| Crypto::new("1", key).offered().unwrap()).to_vec();
    let mut sealer = Sealer::new(&key, Encryption::On, Encryption::On).unwrap();
    let mut capture = Capture::new(Wishes { keys, ear: Ear::Keeps, ..Wishes::default() });
    let offer = description("192.0.2.1", 4_000).replace("RTP/AVP", "UDP/TLS/RTP/SAVP");
    let invite = message("INVITE sip:b@192.0.2.2 SIP/2.0", "1 INVITE", "application/sdp", &offer);
    capture.udp(A, B, invite.as_bytes());
    for number in 0..20_u16 {
        let plain = packet(0, number, u32::from(number) * 160, &[0xd5; 160]);
        let secret = sealer.seal_rtp(&plain).unwrap();
        capture.now += 18_000_000;
        // Described, described by nobody, and in clear.
        capture.udp((A.0, 4_000), (B.0, 4_002), &secret);
        capture.udp((A.0, 6_000), (B.0, 6_002), &secret);
        capture.udp((A.0, 8_000), (B.0, 8_002), &plain);
    }
    let sent = SenderInfo { packets: 20, ..SenderInfo::default() };
    let report = rtcp::write(&[rtcp::Packet::SenderReport { ssrc: 7, sent, reports: Vec::new() }]);
    capture.udp((A.0, 4_001), (B.0, 4_003), &sealer.seal_rtcp(&report).unwrap());
    let analysis = capture.done();
    let opened: Vec<_> = analysis
        .streams
        .iter()
        .map(|it| (it.encrypted.clone(), it.sound.as_ref().map(|sound| sound.samples.len())))
        .collect();
    let by = |profile: &str| Some((profile.to_owned(), 20));
    let sound = Some(3_200);
    assert_eq!(opened, [(by("UDP/TLS/RTP/SAVP"), sound), (by("SRTP"), sound), (None, sound)]);
    let control = analysis.streams[0].control.as_ref().unwrap();
    assert_eq!(control.sent.map(|it| it.packets), Some(20));
    assert_eq!(analysis.tally.rtcp_shut, 0);
}
