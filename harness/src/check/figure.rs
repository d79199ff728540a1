//! The vocabulary of checks: every figure, for which steps it exists, and what kind of thing it is.

use super::dimension::Dimension;
use super::subject::SubjectKind;

/// A kind of step, as figures tell them apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A message that we sent.
    Sent,
    /// A message that the device sent.
    Received,
    /// Media that a role played.
    Played,
    /// Media that a role heard.
    Heard,
    /// Digits that a role heard as events.
    Digits,
    /// A line from the control face.
    Line,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind of a subject.
    pub const fn of(subject: SubjectKind) -> Self {
        match subject {
            SubjectKind::Sent(_) => Self::Sent,
            SubjectKind::Received(_) => Self::Received,
            SubjectKind::Played(_) => Self::Played,
            SubjectKind::Heard(_) => Self::Heard,
            SubjectKind::Digits(..) => Self::Digits,
            SubjectKind::Line => Self::Line,
            SubjectKind::Other => Self::Other,
        }
    }

    /// The kind in words, with a step of it as an example.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sent => "a sent message (`alice -> dut: INVITE`)",
            Self::Received => "a received message (`dut -> alice: 180`)",
            Self::Played => "media that is played (`alice ~> dut: tone …`)",
            Self::Heard => "media that is heard (`dut ~> alice: audio`)",
            Self::Digits => "digits that are heard (`dut ~> alice: digits 123`)",
            Self::Line => "a line of the control face (`event: relay-open`)",
            Self::Other => "a step without evidence of its own",
        }
    }
}

macro_rules! figures {
    ($($(#[doc = $doc:literal])+ $name:ident $pattern:literal $kinds:ident $dimension:ident;)*) => {
        /// Something of a step that a check can read.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Figure { $($(#[doc = $doc])+ $name,)* }

        impl Figure {
            /// Every figure, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name, with its variable parts in capitals: `header.NAME`, `gap[N]`.
            pub const fn pattern(self) -> &'static str {
                match self { $(Self::$name => $pattern,)* }
            }

            /// The kinds of steps that have it.
            pub const fn kinds(self) -> &'static [Kind] {
                match self { $(Self::$name => $kinds,)* }
            }

            /// What kind of thing it is.
            pub const fn dimension(self) -> Dimension {
                match self { $(Self::$name => Dimension::$dimension,)* }
            }

            /// Whether it is measured, and not told by the device in a message.
            pub const fn is_measured(self) -> bool {
                !matches!(self, Self::Expires | Self::SdpAudioPtime | Self::HeaderNumber)
            }

            /// What it is, in one sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)* }
            }
        }
    };
}

figures! {
    /// Status code of a response.
    Status "status" MESSAGE Number;
    /// Reason phrase of a response.
    Reason "reason" MESSAGE Text;
    /// SIP version in the first line, as written.
    Version "version" MESSAGE Text;
    /// Method of a request.
    Method "method" MESSAGE Text;
    /// Request-URI.
    RequestUri "request_uri" MESSAGE Text;
    /// User part of the Request-URI.
    RequestUriUser "request_uri.user" MESSAGE Text;
    /// Host of the Request-URI.
    RequestUriHost "request_uri.host" MESSAGE Token;
    /// Port of the Request-URI.
    RequestUriPort "request_uri.port" MESSAGE Number;
    /// Request-URI as an address of record: see `to.aor`.
    RequestUriAor "request_uri.aor" MESSAGE Text;
    /// A parameter of the Request-URI.
    RequestUriParam "request_uri.params.NAME" MESSAGE Text;

    /// First value of a header field, without its folding; full and compact names are one.
    Header "header.NAME" MESSAGE Text;
    /// How many values a header field has, over all its lines.
    HeaderCount "header.NAME.count" MESSAGE Number;
    /// Every value of a header field.
    HeaderList "header.NAME.list" MESSAGE Texts;
    /// First value of a header field, as a number.
    HeaderNumber "header.NAME.number" MESSAGE Number;
    /// Number of the `CSeq`.
    CseqNumber "cseq.number" MESSAGE Number;
    /// Method of the `CSeq`.
    CseqMethod "cseq.method" MESSAGE Text;
    /// First number of a `RAck`: the `RSeq` of what a PRACK acknowledges.
    RackRseq "rack.rseq" MESSAGE Number;
    /// Second number of a `RAck`: that of the request whose response it was.
    RackCseq "rack.cseq" MESSAGE Number;
    /// Method of a `RAck`.
    RackMethod "rack.method" MESSAGE Text;
    /// Tag of the From.
    FromTag "from.tag" MESSAGE Text;
    /// Tag of the To.
    ToTag "to.tag" MESSAGE Text;
    /// URI of the From.
    FromUri "from.uri" MESSAGE Text;
    /// URI of the To.
    ToUri "to.uri" MESSAGE Text;
    /// URI of the From as an address of record: see `to.aor`.
    FromAor "from.aor" MESSAGE Text;
    /// URI of the To without port and parameters: RFC 3261 §19.1.1 forbids these in a To and a From, so that a
    /// device may leave out what it was sent.
    ToAor "to.aor" MESSAGE Text;
    /// How many Via values there are.
    ViaCount "via.count" MESSAGE Number;
    /// Branch of the topmost Via.
    ViaBranch "via.branch" MESSAGE Text;
    /// Parameter `received` of the topmost Via.
    ViaReceived "via.received" MESSAGE Token;
    /// Value of the parameter `rport` of the topmost Via.
    ViaRport "via.rport" MESSAGE Number;
    /// Transport of the topmost Via.
    ViaTransport "via.transport" MESSAGE Token;
    /// URI of the first Contact.
    ContactUri "contact.uri" MESSAGE Text;
    /// A parameter of the first Contact.
    ContactParam "contact.params.NAME" MESSAGE Text;
    /// How many Contact values there are.
    ContactCount "contact.count" MESSAGE Number;
    /// Expiry: parameter `expires` of the first Contact, else the Expires header field.
    Expires "expires" MESSAGE Time;
    /// Methods in Allow.
    Allow "allow" MESSAGE Texts;
    /// Option tags in Supported.
    Supported "supported" MESSAGE Tokens;
    /// Option tags in Require.
    Require "require" MESSAGE Tokens;
    /// Option tags in Supported, Require and Proxy-Require that no RFC of the standards track defines:
    /// those that are not in IANA's registry.
    OptionsPrivate "options.private" MESSAGE Tokens;
    /// Option tags in Unsupported.
    Unsupported "unsupported" MESSAGE Tokens;
    /// Content-Type, without its parameters.
    ContentType "content_type" MESSAGE Token;
    /// Length of the body.
    BodyBytes "body.bytes" MESSAGE Number;
    /// The body as text.
    BodyText "body.text" MESSAGE Text;
    /// How many deviations from the grammar the message has.
    DefectsCount "defects.count" MESSAGE Number;
    /// The names of those deviations.
    DefectsCodes "defects.codes" MESSAGE Texts;

    /// Whether the body is a session description that can be read.
    Sdp "sdp" MESSAGE Truth;
    /// How many media sections there are.
    SdpMediaCount "sdp.media.count" MESSAGE Number;
    /// How many deviations from the grammar the description has.
    SdpDefectsCount "sdp.defects.count" MESSAGE Number;
    /// The names of those deviations, each once.
    SdpDefectsCodes "sdp.defects.codes" MESSAGE Texts;
    /// Kinds of the media sections, in order: `audio`, `video`.
    SdpMediaKinds "sdp.media.kinds" MESSAGE Tokens;
    /// Ports of the media sections, in order.
    SdpMediaPorts "sdp.media.ports" MESSAGE Texts;
    /// Transport protocols of the media sections, in order.
    SdpMediaProtocols "sdp.media.protocols" MESSAGE Texts;
    /// Value of the first `t=`.
    SdpTime "sdp.time" MESSAGE Text;
    /// Value of `o=`.
    SdpOrigin "sdp.origin" MESSAGE Text;
    /// Value of an attribute of the whole session; empty for one without a value.
    SdpAttribute "sdp.attribute.NAME" MESSAGE Text;
    /// Session version: the third field of `o=`.
    SdpSessionVersion "sdp.session.version" MESSAGE Number;
    /// Session id: the second field of `o=`.
    SdpSessionId "sdp.session.id" MESSAGE Text;
    /// Encoding name of the first format of the first audio section.
    SdpAudioCodec "sdp.audio.codec" MESSAGE Token;
    /// Encoding names of the audio section, in order.
    SdpAudioCodecs "sdp.audio.codecs" MESSAGE Tokens;
    /// Formats of the audio section, in order.
    SdpAudioFormats "sdp.audio.formats" MESSAGE Texts;
    /// Port of the audio section; 0 rejects it.
    SdpAudioPort "sdp.audio.port" MESSAGE Number;
    /// Transport protocol of the audio section.
    SdpAudioProtocol "sdp.audio.protocol" MESSAGE Token;
    /// Connection address of the audio section, else of the session.
    SdpAudioAddress "sdp.audio.address" MESSAGE Text;
    /// Direction of the audio section, else of the session; `sendrecv` where neither says.
    SdpAudioDirection "sdp.audio.direction" MESSAGE Token;
    /// Packet time that the audio section asks for.
    SdpAudioPtime "sdp.audio.ptime" MESSAGE Time;
    /// Payload type of `telephone-event` in the audio section.
    SdpAudioTelephoneEvent "sdp.audio.telephone_event" MESSAGE Number;
    /// How many `a=crypto` lines the audio section has.
    SdpAudioCryptoCount "sdp.audio.crypto.count" MESSAGE Number;
    /// Tag of the first of them.
    SdpAudioCryptoTag "sdp.audio.crypto.tag" MESSAGE Text;
    /// Tags of them, in order.
    SdpAudioCryptoTags "sdp.audio.crypto.tags" MESSAGE Texts;
    /// Suite of the first of them.
    SdpAudioCryptoSuite "sdp.audio.crypto.suite" MESSAGE Token;
    /// Suites of them, in order.
    SdpAudioCryptoSuites "sdp.audio.crypto.suites" MESSAGE Tokens;
    /// Key and salt of the first of them, as base64.
    SdpAudioCryptoKey "sdp.audio.crypto.key" MESSAGE Text;
    /// Session parameters of the first of them.
    SdpAudioCryptoParameters "sdp.audio.crypto.parameters" MESSAGE Tokens;
    /// How many things are wrong with them, each by itself and together, as a tag that stands twice.
    SdpAudioCryptoFlaws "sdp.audio.crypto.flaws" MESSAGE Number;
    /// Value of an attribute of the audio section; empty for one without a value.
    SdpAudioAttribute "sdp.audio.attribute.NAME" MESSAGE Text;

    /// Scheme of Authorization, else of Proxy-Authorization.
    AuthScheme "auth.scheme" MESSAGE Token;
    /// Digest parameter `algorithm`; MD5 where it is absent.
    AuthAlgorithm "auth.algorithm" MESSAGE Token;
    /// Digest parameter `username`.
    AuthUsername "auth.username" MESSAGE Text;
    /// Digest parameter `realm`.
    AuthRealm "auth.realm" MESSAGE Text;
    /// Digest parameter `nonce`.
    AuthNonce "auth.nonce" MESSAGE Text;
    /// Digest parameter `uri`.
    AuthUri "auth.uri" MESSAGE Text;
    /// Digest parameter `response`.
    AuthResponse "auth.response" MESSAGE Text;
    /// Digest parameter `qop`.
    AuthQop "auth.qop" MESSAGE Token;
    /// Digest parameter `nc`.
    AuthNc "auth.nc" MESSAGE Token;
    /// Digest parameter `cnonce`.
    AuthCnonce "auth.cnonce" MESSAGE Text;
    /// Digest parameter `opaque`.
    AuthOpaque "auth.opaque" MESSAGE Text;
    /// Whether the digest response is right for that user and password and for the challenge last
    /// sent to the device with that nonce.
    AuthValid "auth.valid(USER, PASSWORD)" MESSAGE Truth;
    /// How many challenges WWW-Authenticate, else Proxy-Authenticate, holds.
    ChallengeCount "challenge.count" MESSAGE Number;
    /// Scheme of the first challenge.
    ChallengeScheme "challenge.scheme" MESSAGE Token;
    /// Algorithms of the challenges, in order; MD5 where one is absent.
    ChallengeAlgorithms "challenge.algorithms" MESSAGE Tokens;
    /// Parameter `algorithm` of the first challenge; MD5 where it is absent.
    ChallengeAlgorithm "challenge.algorithm" MESSAGE Token;
    /// Parameter `realm` of the first challenge.
    ChallengeRealm "challenge.realm" MESSAGE Text;
    /// Parameter `nonce` of the first challenge.
    ChallengeNonce "challenge.nonce" MESSAGE Text;
    /// Parameter `qop` of the first challenge.
    ChallengeQop "challenge.qop" MESSAGE Tokens;
    /// Parameter `opaque` of the first challenge.
    ChallengeOpaque "challenge.opaque" MESSAGE Text;
    /// Parameter `stale` of the first challenge.
    ChallengeStale "challenge.stale" MESSAGE Token;

    /// How often the message came, the first time included, up to the end of the case. Two messages
    /// are copies if start line, top Via branch, `CSeq`, Call-ID and To tag are the same.
    Copies "copies" MESSAGE Number;
    /// How many of those copies differ from the first in any byte.
    CopiesChanged "copies.changed" MESSAGE Number;
    /// Time from the N-th copy to the next.
    Gap "gap[N]" MESSAGE Time;
    /// Largest relative deviation of a gap from T1 doubled each time: without limit for INVITE,
    /// up to T2 for all else (T1 = 500 ms, T2 = 4 s).
    GapsMaxError "gaps.max_error" MESSAGE Ratio;

    /// Time from the end of the step before to the end of this one.
    After "after" ANY Time;
    /// Time from the end of the named step to the end of this one.
    Since "since.LABEL" ANY Time;
    /// Time from the start of this step to its end.
    Took "took" ANY Time;
    /// Lines of the control face over the whole case.
    Console "console" ANY Lines;
    /// How many RTP packets came from the device, to any role, before the end of the named step.
    RtpBefore "rtp.before(LABEL)" ANY Number;
    /// How many RTCP goodbyes came from the device, to any role, up to the end of the step.
    RtcpByes "rtcp.byes" ANY Number;
    /// How many connections of TLS the device has begun, to any role, up to the end of the step, whether
    /// they came about or not.
    TlsTried "tls.tried" ANY Number;
    /// How many pieces of SIP came from the device on connections of TLS that it has begun, to any role,
    /// up to the end of the step.
    TlsSpoken "tls.spoken" ANY Number;
    /// How many RTCP datagrams came from the device, to any role, from 100 ms after the end of the named
    /// step up to the end of this one.
    RtcpAfter "rtcp.after(LABEL)" ANY Number;
    /// Session request delay (RFC 6076 §4.3): from our INVITE to the first 101 to 299.
    KpiSrd "kpi.srd" ANY Time;
    /// Session disconnect delay (RFC 6076 §4.4): from our BYE to its 2xx.
    KpiSdd "kpi.sdd" ANY Time;
    /// Registration request delay (RFC 6076 §4.1): from the device's first REGISTER to the 2xx that
    /// our registrar gave it, challenges between included.
    KpiRrd "kpi.rrd" ANY Time;
    /// Session establishment ratio (RFC 6076 §4.6): the part of our calls that got a 2xx, those sent
    /// elsewhere and challenges aside.
    KpiSer "kpi.ser" ANY Ratio;
    /// Ineffective session attempts (RFC 6076 §4.8): the part of our calls that got 408, 500, 503 or 504.
    KpiIsa "kpi.isa" ANY Ratio;
    /// How many RTP packets came from the device, to any role, from 100 ms after the end of the named
    /// step up to the end of this one.
    RtpAfter "rtp.after(LABEL)" ANY Number;

    /// Text of the line.
    Line "line" LINE Text;
    /// Last word of the line.
    Detail "detail" LINE Text;

    /// How many packets came.
    Packets "packets" HEARD Number;
    /// How many packets are missing between the first and the last.
    Lost "lost" HEARD Number;
    /// How many packets came twice.
    Duplicates "duplicates" HEARD Number;
    /// How many packets came after one with a higher sequence number.
    Reordered "reordered" HEARD Number;
    /// How often the sequence number, in the order of arrival, did not go up by one.
    SequenceGaps "sequence.gaps" HEARD Number;
    /// The part of the packets between the first and the last that is missing.
    LossRatio "loss.ratio" HEARD Ratio;
    /// The longest run of missing packets.
    LossBurst "loss.burst" HEARD Number;
    /// Sequence number of the first packet that the source ever sent to the role.
    SequenceFirst "sequence.first" HEARD Number;
    /// Timestamp of the first packet that the source ever sent to the role.
    TimestampFirst "timestamp.first" HEARD Number;
    /// Synchronisation source; of several, the one that sent most.
    Ssrc "ssrc" HEARD Number;
    /// How many deviations from the format of RTP the packets have.
    PacketDefectsCount "packet.defects.count" HEARD Number;
    /// The names of those deviations, each once.
    PacketDefectsCodes "packet.defects.codes" HEARD Texts;
    /// Most frequent increase of the timestamp from packet to packet, in clock ticks.
    TimestampStep "timestamp.step" HEARD Number;
    /// How often the timestamp went up by something else.
    TimestampErrors "timestamp.errors" HEARD Number;
    /// How many synchronisation sources there are.
    SsrcCount "ssrc.count" HEARD Number;
    /// Payload type of the first packet.
    PayloadType "payload_type" HEARD Number;
    /// Payload types, each once, in the order in which they came.
    PayloadTypes "payload_types" HEARD Texts;
    /// Whether the first packet has the marker.
    MarkerFirst "marker.first" HEARD Truth;
    /// Address and port from which the first packet came.
    Source "source" HEARD Text;
    /// Whether every packet came from the address and port at which the device's last session
    /// description wants to receive (RFC 4961).
    SourceDescribed "source.described" HEARD Truth;
    /// Encoding name that the last session description gives to the payload type of the first packet.
    HeardCodec "codec" HEARD Token;
    /// Time of speech in a packet, by the timestamps.
    Ptime "ptime" HEARD Time;
    /// Median of the times between arrivals.
    InterarrivalP50 "interarrival.p50" HEARD Time;
    /// 95th percentile of the times between arrivals.
    InterarrivalP95 "interarrival.p95" HEARD Time;
    /// 99th percentile of the times between arrivals.
    InterarrivalP99 "interarrival.p99" HEARD Time;
    /// Longest time between arrivals.
    InterarrivalMax "interarrival.max" HEARD Time;
    /// Median of how far a time between arrivals is from what the timestamps say.
    PacingP50 "pacing.p50" HEARD Time;
    /// 95th percentile of that.
    PacingP95 "pacing.p95" HEARD Time;
    /// 99th percentile of that.
    PacingP99 "pacing.p99" HEARD Time;
    /// Largest value of that.
    PacingMax "pacing.max" HEARD Time;
    /// Interarrival jitter after the last packet (RFC 3550 §6.4.1).
    Jitter "jitter" HEARD Time;
    /// Largest value that the interarrival jitter took.
    JitterMax "jitter.max" HEARD Time;
    /// 99th percentile of the difference in transit time of neighbouring packets.
    JitterP99 "jitter.p99" HEARD Time;
    /// How much faster the device's media clock is than ours.
    Skew "skew" HEARD Ratio;
    /// Level of the audio.
    Level "level" HEARD Level;
    /// Level of the strongest tone.
    ToneLevel "tone.level" HEARD Level;
    /// Longest silence, below -50 dBm0, between the first and the last sound.
    SilenceMax "silence.max" HEARD Time;
    /// Frequency of the strongest tone.
    ToneFrequency "tone.frequency" HEARD Frequency;
    /// How far the tone is above all else.
    ToneSinad "tone.sinad" HEARD Gain;
    /// Level of the audio of the right channel, where there are two; all others are of the left.
    RightLevel "right.level" HEARD Level;
    /// Encoding that the payload really is by its sound: the one agreed, unless another of the same size
    /// makes the clearer sound (law, packing of G.726, byte order of L16): `AAL2-G726-32`,
    /// `L16/16000 with its bytes swapped`.
    PayloadCodec "payload.codec" HEARD Token;
    /// MOS-CQE by the E-model (ITU-T G.107) for codec, loss and bursts of loss as they came and no
    /// delay: an estimate, not P.863.
    MosEstimate "mos.estimate" HEARD Number;
    /// Time from our sending a sound to its coming back, by correlation with what the role played.
    LoopLatency "loop.latency" HEARD Time;
    /// How clear that correlation is: its peak over the next one; below 2 it is ambiguous.
    LoopConfidence "loop.confidence" HEARD Number;
    /// Time from the start of the step to the first packet.
    FirstPacket "first_packet" HEARD Time;
    /// How many RTCP sender reports came.
    RtcpSrCount "rtcp.sr.count" HEARD Number;
    /// Longest time between two RTCP reports.
    RtcpInterval "rtcp.interval" HEARD Time;
    /// Packet count of the last sender report less the packets that had come by then.
    RtcpPacketCountError "rtcp.packet_count_error" HEARD Number;
    /// How many RTCP reports came.
    RtcpCount "rtcp.count" HEARD Number;
    /// How many of them came to the port of media (RFC 5761).
    RtcpMuxed "rtcp.muxed" HEARD Number;
    /// Time from the start of the step to the first RTCP report.
    RtcpFirst "rtcp.first" HEARD Time;
    /// Shortest time between two RTCP reports, a goodbye aside.
    RtcpIntervalMin "rtcp.interval.min" HEARD Time;
    /// How many deviations from the format of RTCP the reports have.
    RtcpDefectsCount "rtcp.defects.count" HEARD Number;
    /// The names of those deviations, each once.
    RtcpDefectsCodes "rtcp.defects.codes" HEARD Texts;
    /// Synchronisation source of the last report.
    RtcpSsrc "rtcp.ssrc" HEARD Number;
    /// Octet count of the last sender report less the payload bytes that had come by then.
    RtcpOctetCountError "rtcp.octet_count_error" HEARD Number;
    /// RTP timestamp of the last sender report less that which the packets had by then, as a time.
    RtcpTimestampError "rtcp.timestamp_error" HEARD Time;
    /// Largest difference between what the RTP and the NTP timestamps say has gone by between two
    /// sender reports.
    RtcpClockError "rtcp.clock_error" HEARD Time;
    /// How many report blocks are about what we sent.
    RtcpBlocks "rtcp.blocks" HEARD Number;
    /// Cumulative number of packets lost in the last block about us, less those that really were.
    RtcpLossError "rtcp.loss_error" HEARD Number;
    /// Largest fraction lost in the blocks about us.
    RtcpFractionLost "rtcp.fraction_lost" HEARD Ratio;
    /// Highest sequence number in the last block about us, less the highest that we had sent.
    RtcpHighestError "rtcp.highest_error" HEARD Number;
    /// Interarrival jitter in the last block about us, less that with which the packets went out.
    RtcpJitterError "rtcp.jitter_error" HEARD Time;
    /// How many blocks about us name a sender report (LSR) that we never sent.
    RtcpLsrUnknown "rtcp.lsr.unknown" HEARD Number;
    /// How many RTCP datagrams with an extended report came (RFC 3611).
    RtcpXrCount "rtcp.xr.count" HEARD Number;
    /// What extended reports have, each once, in the order in which it came: `reference-time`, `last-reference`,
    /// `summary`, `voip`, and the number of the type of any other block, or of one that breaks its rules.
    RtcpXrKinds "rtcp.xr.kinds" HEARD Texts;
    /// Round trip by the last block (DLRR) that answers one of our reference times.
    RtcpXrRtt "rtcp.xr.rtt" HEARD Time;
    /// How many such blocks about us name a reference time that we never sent.
    RtcpXrUnknown "rtcp.xr.lrr.unknown" HEARD Number;
    /// Packets lost by the last statistics summary, less those of its numbers that really were.
    RtcpXrLostError "rtcp.xr.lost_error" HEARD Number;
    /// Duplicates by the last statistics summary, less the copies of its numbers that really came.
    RtcpXrDuplicatesError "rtcp.xr.duplicates_error" HEARD Number;
    /// Loss rate by the last metrics of the call, less the part of the packets that really was lost.
    RtcpXrLossRateError "rtcp.xr.loss_rate_error" HEARD Ratio;
    /// Packets lost, by the last statistics summary.
    RtcpXrLost "rtcp.xr.lost" HEARD Number;
    /// Loss rate, by the last metrics of the call.
    RtcpXrLossRate "rtcp.xr.loss_rate" HEARD Ratio;
    /// Discard rate, by the last metrics of the call.
    RtcpXrDiscardRate "rtcp.xr.discard_rate" HEARD Ratio;
    /// Round trip, by the last metrics of the call.
    RtcpXrRoundTrip "rtcp.xr.round_trip" HEARD Time;
    /// Nominal delay of the jitter buffer, by the last metrics of the call.
    RtcpXrBuffer "rtcp.xr.jitter_buffer" HEARD Time;
    /// R factor, by the last metrics of the call.
    RtcpXrRFactor "rtcp.xr.r_factor" HEARD Number;
    /// Opinion score of listening, by the last metrics of the call.
    RtcpXrMos "rtcp.xr.mos_lq" HEARD Number;
    /// Round trip by the last report block that answers one of our sender reports.
    RtcpRtt "rtcp.rtt" HEARD Time;
    /// Canonical name in the RTCP source description.
    RtcpCname "rtcp.cname" HEARD Text;
    /// How many RTP packets came under the keys that were agreed.
    SrtpPackets "srtp.packets" HEARD Number;
    /// How many RTP packets came that were not protected as was agreed, or had come before.
    SrtpRefused "srtp.refused" HEARD Number;
    /// Suite that was agreed last.
    SrtpSuite "srtp.suite" HEARD Token;
    /// Sequence number of the first RTP packet under keys in the case.
    SrtpSequenceFirst "srtp.sequence.first" HEARD Number;
    /// How many RTCP packets came under the keys that were agreed.
    SrtcpPackets "srtcp.packets" HEARD Number;
    /// How many RTCP packets came that were not protected as was agreed, or had come before.
    SrtcpRefused "srtcp.refused" HEARD Number;
    /// How many RTCP packets under keys say that they are encrypted.
    SrtcpEncrypted "srtcp.encrypted" HEARD Number;
    /// Index of the first SRTCP packet of the case.
    SrtcpIndexFirst "srtcp.index.first" HEARD Number;
    /// How often in the case the SRTCP index did not go up by one.
    SrtcpIndexErrors "srtcp.index.errors" HEARD Number;

    /// The digits, in order.
    DigitsText "digits" DIGITS Text;
    /// How many digits there are.
    DigitCount "digit.count" DIGITS Number;
    /// Duration of the shortest digit: by its last packet, by the body of its INFO, or as it is heard.
    DigitDuration "digit.duration" DIGITS Time;
    /// Duration of the longest digit.
    DigitDurationMax "digit.duration.max" DIGITS Time;
    /// Fewest end packets of a digit.
    DigitEndPackets "digit.end_packets" DIGITS Number;
    /// Whether all packets of each digit have one timestamp.
    DigitTimestampConstant "digit.timestamp_constant" DIGITS Truth;
    /// Volume that the packets of the quietest digit state.
    DigitVolume "digit.volume" DIGITS Level;
    /// Whether the first packet of each digit, and no other, has the marker.
    DigitMarked "digit.marked" DIGITS Truth;
    /// Whether the duration in the packets of each digit never goes down, and is longer at its end
    /// than at its beginning.
    DigitDurationGrows "digit.duration_grows" DIGITS Truth;
    /// Whether a packet of a digit has the reserved bit set.
    DigitReserved "digit.reserved" DIGITS Truth;
    /// Longest time between two packets of one digit.
    DigitInterval "digit.interval" DIGITS Time;
    /// Shortest time from the end of a digit to the beginning of the next: of events by timestamp and
    /// duration, of tones by what is heard.
    DigitPause "digit.pause" DIGITS Time;
    /// How many synchronisation sources were heard meanwhile, those of audio included.
    DigitSources "digit.sources" DIGITS Number;
    /// Level of the weakest tone of a digit.
    DigitLevel "digit.level" DIGITS Level;
    /// Lowest level of a high tone above its low one.
    DigitTwistMin "digit.twist.min" DIGITS Gain;
    /// Highest level of a high tone above its low one.
    DigitTwistMax "digit.twist.max" DIGITS Gain;
    /// How far the frequency of a tone is off its nominal value at most.
    DigitFrequencyError "digit.frequency_error" DIGITS Ratio;
}

const MESSAGE: &[Kind] = &[Kind::Sent, Kind::Received];
const HEARD: &[Kind] = &[Kind::Heard];
const DIGITS: &[Kind] = &[Kind::Digits];
const LINE: &[Kind] = &[Kind::Line];
const ANY: &[Kind] =
    &[Kind::Sent, Kind::Received, Kind::Played, Kind::Heard, Kind::Digits, Kind::Line, Kind::Other];

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// The tables of `docs/checks.md`, one for each set of kinds in the order of the figures.
    fn tables() -> String {
        let mut page = String::new();
        let mut kinds: &[Kind] = &[];
        for figure in Figure::ALL {
            if figure.kinds() != kinds {
                kinds = figure.kinds();
                let words: Vec<_> = kinds.iter().map(|kind| kind.words()).collect();
                let title = match words.as_slice() {
                    [_, _, _, ..] => "any step".to_owned(),
                    words => words.join(", "),
                };
                write!(page, "\n### Of {title}\n\n| figure | is | what |\n|---|---|---|\n")
                    .unwrap();
            }
            let (name, what) = (figure.pattern(), figure.doc());
            writeln!(page, "| `{name}` | {} | {what} |", figure.dimension()).unwrap();
        }
        page
    }

    #[test]
    fn the_documentation_is_in_step() {
        let page = include_str!("../../../docs/checks.md");
        let (_, written) = page.split_once(BEGIN).expect("the page says where the tables begin");
        let tables = tables();
        assert!(written == tables, "after `{BEGIN}`, docs/checks.md should go on with:\n{tables}");
    }

    #[test]
    fn names_are_unlike() {
        for (index, figure) in Figure::ALL.iter().enumerate() {
            assert!(!figure.doc().is_empty());
            let is_same = |other: &&Figure| other.pattern() == figure.pattern();
            assert_eq!(Figure::ALL.iter().position(|other| is_same(&other)), Some(index));
        }
    }

    const BEGIN: &str = "<!-- From here on as the code has it. -->\n";
}
