// What the answers show about signatures, statuses and ids; what else they show is in EndpointCheck+Answers.swift.

internal import Flow

extension EndpointCheck {
    /// One for each check, in the order in which people read them.
    package var findings: [CheckFinding] {
        guard isReached else {
            return [connection]
                + CheckFinding.Check.allCases.dropFirst().map { Self.skipped($0, "there is no connection") }
        }
        return [
            connection, refusal(.noSignature, of: .unsigned, sent: "the sample without a signature"),
            refusal(.wrongSignature, of: .wronglySigned, sent: "the sample, signed with another secret"),
            acceptance, patienceFinding, repetition, incompleteness, slowness, returnValue, bodyForm,
            redirects,
        ]
    }

    static func skipped(_ check: CheckFinding.Check, _ why: String) -> CheckFinding {
        CheckFinding(check, .skip, sent: "–", came: why)
    }

    // MARK: Connection

    private var connection: CheckFinding {
        guard let first = exchanges.first else { return Self.skipped(.connection, "nothing was sent") }
        let sent = "the first request"
        switch first.answer {
        case .refused(let reason):
            return CheckFinding(
                .connection, .fail, sent: sent, came: "not sent: \(reason)",
                remedy: "correct the URL; if the address is meant, allow it here with --allow-network")
        case .noAnswer(let reason, wasSent: false):
            return CheckFinding(
                .connection, .fail, sent: sent, came: reason,
                remedy:
                    "check the URL, that the app runs, and that this machine reaches it; HTTPS needs a certificate that is valid "
                    + "for the host")
        case .response, .noAnswer: break
        }
        if let insideOnly {
            return CheckFinding(
                .connection, .warn, sent: sent, came: insideOnly,
                remedy: "good for a test; senders go there only if sender.allowedNetworks names it")
        }
        guard endpoint.lowercased().hasPrefix("https://") else {
            return CheckFinding(
                .connection, .warn, sent: sent, came: "connected, without TLS",
                remedy: "use HTTPS: whoever is on the way reads customers' data, and Flow takes nothing else")
        }
        return CheckFinding(.connection, .pass, sent: sent, came: "connected")
    }

    // MARK: Signatures

    private func refusal(_ check: CheckFinding.Check, of probe: EndpointProbe, sent: String) -> CheckFinding {
        guard let exchange = exchange(probe) else { return Self.skipped(check, "not sent") }
        func found(_ verdict: CheckFinding.Verdict, _ note: String = "", do remedy: String? = nil)
            -> CheckFinding
        {
            CheckFinding(check, verdict, sent: sent, came: exchange.words + note, remedy: remedy)
        }
        switch exchange.status {
        case 200..<300:
            return found(
                .fail, ", though anybody could have sent it",
                do:
                    "before anything else, compare \(FlowSignature.header) with the base64 of HMAC-SHA256 over the raw body, keyed "
                    + "with the app's secret; answer 401 where they differ")
        case 429:
            return found(.warn, ", so nobody can tell", do: "run the check again later")
        case 400..<500:
            guard isAccepted || exchange.status != self.exchange(.signed)?.status else {
                return found(
                    .warn, ", as for the right signature, so it proves nothing",
                    do: "correct what right-signature found, and run the check again")
            }
            return found(.pass)
        default:
            return found(
                .warn, ", which is no clear refusal",
                do:
                    "answer 401: a 5xx, or no answer, is tried again for up to 36 hours, and a redirect is not followed"
            )
        }
    }

    private var acceptance: CheckFinding {
        let (check, sent) = (CheckFinding.Check.rightSignature, "the sample, rightly signed")
        guard let exchange = exchange(.signed) else { return Self.skipped(check, "not sent") }
        let (verdict, remedy) = Self.judgement(of: exchange)
        return CheckFinding(check, verdict, sent: sent, came: exchange.words, remedy: remedy)
    }

    private static func judgement(of exchange: EndpointExchange) -> (CheckFinding.Verdict, remedy: String?) {
        switch exchange.status {
        case 200, 202: (.pass, nil)
        case 200..<300: (.fail, "answer 200: no other status counts as done")
        case 300..<400: (.fail, "name the URL that it leads to: redirects are not followed")
        case 401, 403:
            (
                .fail,
                "compare over the raw bytes, before they are parsed, and with the secret that was given to this command"
            )
        case 429: (.warn, "the app wants to be left alone: run the check again later")
        case 400..<500:
            (
                .fail,
                "if it takes only its own actions and stores, name them: --action and --properties, --store, --shop-id; otherwise "
                    + "see the app's log"
            )
        case 500..<600: (.fail, "see the app's log; this is tried again for up to 36 hours")
        case 0:
            (
                .fail,
                "answer within 10 s, and keep the connection until then; this is tried again for up to 36 hours"
            )
        default: (.fail, "answer 200, or 4xx with the reason")
        }
    }

    // MARK: Ids

    private var patienceFinding: CheckFinding {
        let check = CheckFinding.Check.asksAgain
        guard asks.first?.status == 202, let last = asks.last else {
            return Self.skipped(check, "nothing was answered with 202")
        }
        let sent = "the same request again, \(asks.count == 2 ? "once" : "\(asks.count - 1) times")"
        if last.status == 200 { return CheckFinding(check, .pass, sent: sent, came: last.words) }
        guard last.status == 202 else {
            return CheckFinding(
                check, .fail, sent: sent, came: last.words,
                remedy: "know the action_run_id again: answer it with 202 until it is done, and then with 200"
            )
        }
        let next = EndpointExchange.text(pause(after: asks.count))
        return CheckFinding(
            check, .fail, sent: sent,
            came:
                "\(last.words), and the next time in \(next) is later than \(EndpointExchange.text(patience))",
            remedy:
                "remember what became of the action_run_id, and answer 200 when it is done; if it takes longer, give "
                + "--poll-timeout")
    }

    private var repetition: CheckFinding {
        let check = CheckFinding.Check.sameID
        guard let repeated = exchange(.repeated) else {
            return Self.skipped(check, "nothing was answered with 200")
        }
        func found(_ verdict: CheckFinding.Verdict, _ note: String, do remedy: String?) -> CheckFinding {
            CheckFinding(
                check, verdict, sent: "the same once more after 200", came: repeated.words + note,
                remedy: remedy)
        }
        let known = "a repeat must be answered as the first time was, with 200, and do nothing"
        switch repeated.status {
        case 200 where returned(by: repeated) != success.flatMap { returned(by: $0) }:
            return found(
                .warn, " with another return value: it may have acted twice",
                do: "keep the answer with the action_run_id, and give the same one again")
        case 200:
            return found(
                .pass, "; that it acted once can't be seen from here: look for \(action.run.id) in the app",
                do: nil)
        case 202, 429: return found(.warn, ", though it was done", do: known)
        case 400..<500:
            return found(
                .fail, ", though it was done", do: "\(known): 4xx makes a dead letter of a run that succeeded"
            )
        default: return found(.fail, ", though it was done", do: known)
        }
    }
}
