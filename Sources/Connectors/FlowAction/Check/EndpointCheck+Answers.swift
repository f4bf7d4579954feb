// What the answers show about their text, time, size and form.

internal import Flow
internal import Liquid

extension EndpointCheck {
    // MARK: Refusals

    var incompleteness: CheckFinding {
        let check = CheckFinding.Check.missingInputs
        guard let exchange = exchange(.incomplete) else {
            let why =
                action.incomplete == nil ? "the action needs no inputs" : "the complete sample was not taken"
            return Self.skipped(check, why)
        }
        func found(_ verdict: CheckFinding.Verdict, _ note: String = "", do remedy: String? = nil)
            -> CheckFinding
        {
            CheckFinding(
                check, verdict, sent: "rightly signed, without \(missingText)", came: exchange.words + note,
                remedy: remedy)
        }
        switch exchange.status {
        case 400..<500 where exchange.status != 429:
            guard let response = exchange.response, BodyExcerpt.make(of: response).contains(where: \.isLetter)
            else {
                return found(
                    .warn, ", without a text",
                    do: "say in the body what is wrong: it is what the merchant sees")
            }
            guard !BodyExcerpt.isHTML(response) else {
                return found(
                    .warn, ", an HTML page", do: "answer with plain text or JSON: the merchant sees it")
            }
            return found(.pass)
        case 200, 202:
            return found(
                .warn, ", though inputs are missing",
                do:
                    "if it needs them, answer 4xx at once with a text: 4xx ends the run, and the text is shown"
            )
        case 429: return found(.warn, ", so nobody can tell", do: "run the check again later")
        case 200..<400:
            return found(.fail, do: "answer 4xx with a text that says what is missing")
        default:
            return found(
                .fail, do: "answer 4xx with a text: this is tried again for up to 36 hours, in vain each time"
            )
        }
    }

    private var missingText: String {
        let named = action.missing.prefix(4).joined(separator: ", ")
        return action.missing.count > 4 ? "\(named) …" : named
    }

    // MARK: Time

    var slowness: CheckFinding {
        let check = CheckFinding.Check.time
        let sent = exchanges.count == 1 ? "one request" : "\(exchanges.count) requests"
        // What was closed or refused at once says nothing about how long the app takes.
        let timed = exchanges.filter { $0.response != nil || $0.elapsed >= .seconds(1) }
        guard let slowest = timed.map(\.elapsed).max() else {
            return Self.skipped(check, "there was no answer")
        }
        let silent = timed.first { $0.response == nil }
        let words = EndpointExchange.text(slowest)
        if let silent {
            return CheckFinding(
                check, .fail, sent: sent,
                came: "no answer to one within \(EndpointExchange.text(silent.elapsed))",
                remedy: "answer within 10 s: with 202 where the work takes longer")
        }
        guard slowest < Self.answerLimit else {
            return CheckFinding(
                check, .fail, sent: sent, came: "the slowest answer took \(words); the limit is 10 s",
                remedy: "answer with 202 at once, do the work, and answer 200 when asked again")
        }
        let isSlow = slowest >= Self.answerLimit / 2
        return CheckFinding(
            check, isSlow ? .warn : .pass, sent: sent,
            came: "the slowest answer took \(words); the limit is 10 s",
            remedy: isSlow
                ? "leave more room for busy hours: answer with 202, and do the work behind it" : nil)
    }

    // MARK: What a success says

    var returnValue: CheckFinding {
        let (check, limit) = (CheckFinding.Check.returnValue, FlowActionAnswer.returnLimit)
        guard let success, let response = success.response else {
            return Self.skipped(check, "nothing was answered with 200")
        }
        let size = response.isCut ? "more than \(response.body.count)" : "\(response.body.count)"
        if response.isCut || response.body.count > limit {
            // Only where the catalogue has the action it is known that nobody wants the value.
            let isUnwanted = action.definition.map { $0.returns == nil } ?? false
            return CheckFinding(
                check, isUnwanted ? .warn : .fail, sent: Self.derived,
                came: "\(size) bytes; the limit is \(limit)",
                remedy: "return less: a run whose return value is larger is rejected, though it was done")
        }
        if let type = action.definition?.returns,
            case .rejected(let reason) = FlowActionAnswer.classify(
                success.answer, returns: type, types: action.types, now: 0)
        {
            return CheckFinding(
                check, .fail, sent: Self.derived, came: reason,
                remedy: "answer {\"return_value\": …} with a \(type)")
        }
        let value = returned(by: success) == nil ? "no return value" : "a return value"
        return CheckFinding(check, .pass, sent: Self.derived, came: "\(value), \(size) bytes")
    }

    var bodyForm: CheckFinding {
        let check = CheckFinding.Check.body
        guard let response = success?.response else {
            return Self.skipped(check, "nothing was answered with 200")
        }
        guard !response.isCut else { return Self.skipped(check, "too large to be read") }
        if response.body.isEmpty { return CheckFinding(check, .pass, sent: Self.derived, came: "empty") }
        do throws(JSONError) {
            _ = try JSONParser.parse(response.body)
            return CheckFinding(check, .pass, sent: Self.derived, came: "JSON")
        } catch {
            let isPage = BodyExcerpt.isHTML(response)
            let excerpt = BodyExcerpt.make(of: response).prefix(80)
            return CheckFinding(
                check, .warn, sent: Self.derived, came: "\(isPage ? "an HTML page" : "not JSON"): \(excerpt)",
                remedy: isPage
                    ? "make sure that this is the app and no login page or proxy: 200 counts as done, whatever the page says"
                    : "answer with JSON, or with an empty body: later steps can read nothing of this")
        }
    }

    var redirects: CheckFinding {
        let check = CheckFinding.Check.redirects
        guard let found = exchanges.first(where: { (300..<400).contains($0.status) }) else {
            return CheckFinding(check, .pass, sent: Self.derived, came: "none")
        }
        let place = found.response?.header("Location").map { " to \($0.prefix(200))" } ?? ""
        return CheckFinding(
            check, .fail, sent: Self.derived, came: "HTTP \(found.status)\(place)",
            remedy: "name the URL that it leads to: redirects are not followed, and count as a refusal")
    }

    /// What is found without a request of its own.
    private static let derived = "as above"

    func returned(by exchange: EndpointExchange) -> JSON? {
        guard let response = exchange.response, !response.isCut else { return nil }
        // A body that is no JSON has its own finding.
        return (try? JSONParser.parse(response.body))?["return_value"]
    }
}
