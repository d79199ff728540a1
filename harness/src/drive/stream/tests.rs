use super::*;
use crate::drive::link::{Inbox, channel};
use crate::drive::pki::Pki;
use crate::proto::certificate::Certificate;
use rstest::rstest;

/// The day on which certificates of these tests are good.
const TODAY: Duration = Duration::from_secs(1_790_000_000);
const TEXT: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n";

fn end(host: &str, number: u16, pki: &Pki) -> (StreamLink, Inbox) {
    let (feed, inbox) = channel();
    let address = SocketAddr::new(host.parse().unwrap(), 0);
    let clock = RunClock::start();
    let identity = pki.identity(Certificate::Good).unwrap();
    let link = StreamLink::bind(LinkId(number), "alice.sip", address, identity, clock, feed);
    (link.unwrap(), inbox)
}

async fn next(inbox: &mut Inbox) -> LinkEvent {
    inbox.recv().await.unwrap().what
}

#[rstest]
#[case::tcp("127.0.0.1", Transport::Tcp)]
#[case::tls("127.0.0.1", Transport::Tls)]
#[case::tls_over_ipv6("::1", Transport::Tls)]
#[tokio::test]
async fn messages_pass_both_ways(#[case] host: &str, #[case] transport: Transport) {
    let folder = tempfile::tempdir().unwrap();
    let host_ip = host.parse().unwrap();
    let (pki, _) = Pki::make(folder.path(), &[host_ip], &[host_ip], TODAY).unwrap();
    let (mut ours, mut our_inbox) = end(host, 3, &pki);
    let (mut theirs, mut their_inbox) = end(host, 6, &pki);
    let remote = if transport == Transport::Tls { theirs.tls() } else { theirs.local() };
    let (out, back) =
        (ConnectionId(1), ConnectionId::incoming(u32::from(transport == Transport::Tcp) + 1));
    ours.connect(out, Hop { transport, remote });
    let opened = next(&mut our_inbox).await;
    assert!(matches!(opened, LinkEvent::StreamOpened { connection, .. } if connection == out));
    let opened = next(&mut their_inbox).await;
    assert!(matches!(opened, LinkEvent::StreamOpened { connection, .. } if connection == back));
    theirs.opened(back, remote, remote);
    assert!(ours.write(out, TEXT).unwrap().is_some());
    assert!(theirs.write(back, TEXT).unwrap().is_some());
    for (link, inbox, id) in
        [(&mut theirs, &mut their_inbox, back), (&mut ours, &mut our_inbox, out)]
    {
        let LinkEvent::StreamBytes { connection, bytes, .. } = next(inbox).await else { panic!() };
        assert_eq!((connection, link.cut(connection, &bytes)), (id, vec![TEXT.to_vec()]));
    }
    drop(ours);
    assert!(matches!(next(&mut their_inbox).await, LinkEvent::StreamClosed { .. }));
}

#[tokio::test]
async fn nobody_there_closes_the_connection() {
    let folder = tempfile::tempdir().unwrap();
    let host = "127.0.0.1".parse().unwrap();
    let (pki, _) = Pki::make(folder.path(), &[host], &[host], TODAY).unwrap();
    let (mut ours, mut inbox) = end("127.0.0.1", 3, &pki);
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    ours.connect(ConnectionId(1), Hop { transport: Transport::Tcp, remote: gone });
    let LinkEvent::StreamClosed { why, .. } = next(&mut inbox).await else { panic!() };
    assert!(why.contains("refused"), "{why}");
}
