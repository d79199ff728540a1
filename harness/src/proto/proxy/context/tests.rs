use super::*;
use rstest::rstest;

fn key(branch: usize) -> ClientKey {
    let via = format!("Via: SIP/2.0/UDP p;branch=z9hG4bK{branch}\r\nCSeq: 1 INVITE\r\n");
    ClientKey::of(&Message::read(format!("SIP/2.0 100 x\r\n{via}\r\n").as_bytes())).unwrap()
}

fn response(status: u16) -> Arc<Message> {
    let challenge = if status == 407 { "Proxy-Authenticate: Digest realm=\"r\"\r\n" } else { "" };
    Arc::new(Message::read(format!("SIP/2.0 {status} x\r\n{challenge}\r\n").as_bytes()))
}

/// A request that was forwarded to so many targets at once.
fn forked(method: &str, branches: usize) -> Context {
    let targets = (0..branches).map(|at| format!("sip:{at}")).collect();
    let timer_c = Duration::from_secs(180);
    let (mut context, acts) = Context::new(method, targets, Fork::Parallel, timer_c);
    assert_eq!(acts.len(), branches);
    for at in 0..branches {
        context.add(Tick::ZERO, Some(key(at)));
    }
    context
}

/// What the last of these responses, each to a branch, makes the proxy do.
fn last(context: &mut Context, responses: &[(usize, u16)]) -> Vec<String> {
    let mut acts = Vec::new();
    for (branch, status) in responses {
        acts = context.handle_response(Tick::ZERO, &key(*branch), *status, &response(*status));
    }
    words(&acts)
}

fn words(acts: &[Act]) -> Vec<String> {
    let word = |act: &Act| match act {
        Act::Try(target) => format!("try {target}"),
        Act::Forward(response, extra) if extra.is_empty() => {
            format!("forward {}", response.status().unwrap())
        }
        Act::Forward(response, extra) => {
            format!("forward {} with {}", response.status().unwrap(), extra.len())
        }
        Act::Answer(status) => format!("answer {status}"),
        Act::Cancel(of) => {
            format!("cancel {}", (0..9).find(|branch| key(*branch) == *of).unwrap())
        }
    };
    acts.iter().map(word).collect()
}

#[rstest]
#[case::trying_stays(&[(0, 100)], &[])]
#[case::ringing_goes_back(&[(0, 180)], &["forward 180"])]
#[case::a_failure_waits_for_the_others(&[(0, 486)], &[])]
#[case::the_first_2xx_ends_the_rest(&[(1, 180), (0, 200)], &["forward 200", "cancel 1"])]
#[case::a_second_2xx_goes_back_too(&[(0, 200), (1, 200)], &["forward 200"])]
#[case::a_failure_after_a_2xx_does_not(&[(0, 200), (1, 486)], &[])]
#[case::the_lowest_class_is_best(&[(0, 500), (1, 486)], &["forward 486"])]
#[case::a_6xx_is_better_than_all(&[(0, 404), (1, 603)], &["forward 603"])]
#[case::a_6xx_cancels(&[(1, 180), (0, 603)], &["cancel 1"])]
#[case::what_can_be_mended_is_best_in_its_class(&[(0, 404), (1, 407)], &["forward 407"])]
#[case::challenges_are_put_together(&[(0, 407), (1, 407)], &["forward 407 with 1"])]
#[case::a_503_is_of_one_server_only(&[(0, 503), (1, 503)], &["answer 500"])]
fn responses_of_two_branches(#[case] responses: &[(usize, u16)], #[case] acts: &[&str]) {
    assert_eq!(last(&mut forked("INVITE", 2), responses), acts);
}

#[test]
fn a_branch_is_cancelled_once_it_has_answered_provisionally() {
    let mut context = forked("INVITE", 2);
    last(&mut context, &[(0, 180)]);
    assert_eq!(words(&context.cancel()), ["cancel 0"]);
    assert_eq!(last(&mut context, &[(1, 100)]), ["cancel 1"]);
    assert_eq!(last(&mut context, &[(1, 180)]), ["forward 180"]);
    assert_eq!(last(&mut context, &[(0, 487), (1, 487)]), ["forward 487"]);
}

#[test]
fn targets_are_tried_one_after_the_other() {
    let targets = vec!["sip:a".to_owned(), "sip:b".to_owned()];
    let timer_c = Duration::from_secs(180);
    let (mut context, acts) = Context::new("INVITE", targets, Fork::Sequential, timer_c);
    assert_eq!(words(&acts), ["try sip:a"]);
    context.add(Tick::ZERO, Some(key(0)));
    assert_eq!(last(&mut context, &[(0, 486)]), ["try sip:b"]);
    assert_eq!(words(&context.handle_unsendable()), ["forward 486"]);
}

#[test]
fn timer_c_cancels_what_rings_and_gives_up_on_what_is_silent() {
    let mut context = forked("INVITE", 2);
    last(&mut context, &[(0, 180)]);
    let due = context.poll_timeout().unwrap();
    assert_eq!(due, Tick::ZERO + Duration::from_secs(180));
    assert_eq!(words(&context.handle_timeout(due)), ["cancel 0"]);
    assert_eq!(last(&mut context, &[(0, 487)]), ["answer 408"]);
    assert_eq!(context.poll_timeout(), None);
}

#[test]
fn only_an_invite_is_cancelled() {
    let mut context = forked("MESSAGE", 2);
    assert_eq!(last(&mut context, &[(0, 200)]), ["forward 200"]);
    assert_eq!(last(&mut context, &[(1, 200)]), Vec::<String>::new());
}
