import Flow
import Liquid
import Testing

@testable import Connectors

/// What each answer of an endpoint shows, and what is asked next. The answers are those of an app that does all right, but
/// for those that a row names.
@Suite struct EndpointCheckTests {
    typealias Check = CheckFinding.Check
    typealias Verdict = CheckFinding.Verdict

    /// What the app does otherwise, and which findings are no pass then.
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        var changes: [EndpointProbe: VendorAnswer] = [:]
        var elapsed: [EndpointProbe: Duration] = [:]
        var returns: String?
        let found: [Check: Verdict]
        /// A part of the text of one of them.
        var says: String?

        var testDescription: String { what }
    }

    static func answer(_ status: Int, _ body: String = "", type: String? = nil, location: String? = nil)
        -> VendorAnswer
    {
        var headers: [(name: String, value: String)] = []
        if let type { headers.append(("Content-Type", type)) }
        if let location { headers.append(("Location", location)) }
        return .response(VendorResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    static func later(_ seconds: Int) -> VendorAnswer {
        .response(VendorResponse(status: 202, headers: [("Retry-After", "\(seconds)")]))
    }

    private static let closed = VendorAnswer.noAnswer(reason: "the connection was closed without an answer")
    private static let page = "<html><body>Please sign in</body></html>"
    private static let skippedAfterRefusal: [Check: Verdict] = [
        .sameID: .skip, .missingInputs: .skip, .returnValue: .skip, .body: .skip, .asksAgain: .skip,
    ]

    private static func right(_ probe: EndpointProbe) -> VendorAnswer {
        switch probe {
        case .unsigned, .wronglySigned: answer(401, "wrong signature")
        case .signed, .repeated, .asked: answer(200, "{}")
        case .incomplete: answer(422, "customer_id is missing")
        }
    }

    private static func refused(_ changes: [Check: Verdict]) -> [Check: Verdict] {
        skippedAfterRefusal.merging(changes) { $1 }
    }

    private static func big(_ count: Int) -> String {
        "{\"return_value\":\"\(String(repeating: "x", count: count))\"}"
    }

    static let rows = [
        Row(what: "all right", found: [.asksAgain: .skip], says: "look for"),
        Row(what: "403 refuses, too", changes: [.unsigned: answer(403)], found: [.asksAgain: .skip]),
        Row(
            what: "no signature is needed", changes: [.unsigned: answer(200)],
            found: [.noSignature: .fail, .asksAgain: .skip], says: "compare X-Shopify-Hmac-Sha256"),
        Row(
            what: "any signature will do", changes: [.wronglySigned: answer(202)],
            found: [.wrongSignature: .fail, .asksAgain: .skip]),
        Row(
            what: "a wrong signature breaks it", changes: [.wronglySigned: answer(500)],
            found: [.wrongSignature: .warn, .asksAgain: .skip], says: "no clear refusal"),
        Row(
            what: "unsigned requests get no answer", changes: [.unsigned: closed],
            found: [.noSignature: .warn, .asksAgain: .skip]),
        Row(
            what: "the right signature is refused", changes: [.signed: answer(401, "wrong signature")],
            found: refused([.noSignature: .warn, .wrongSignature: .warn, .rightSignature: .fail]),
            says: "proves nothing"),
        Row(
            what: "the action isn't known", changes: [.signed: answer(404, "no such action")],
            found: refused([.rightSignature: .fail]), says: "--action"),
        Row(
            what: "201", changes: [.signed: answer(201)], found: refused([.rightSignature: .fail]),
            says: "no other status counts"),
        Row(
            what: "broken", changes: [.signed: answer(502, page, type: "text/html")],
            found: refused([.rightSignature: .fail]), says: "HTTP 502: Please sign in"),
        Row(
            what: "busy", changes: [.signed: answer(429)], found: refused([.rightSignature: .warn])),
        Row(
            what: "closed", changes: [.signed: closed], found: refused([.rightSignature: .fail]),
            says: "closed without an answer"),
        Row(
            what: "a redirect",
            changes: [.signed: answer(301, location: "https://b.example/flow")],
            found: refused([.rightSignature: .fail, .redirects: .fail]),
            says: "HTTP 301 to https://b.example/flow"),
        Row(
            what: "202, then 200", changes: [.signed: answer(202), .asked(1): answer(202)], found: [:]),
        Row(
            what: "202, then unknown", changes: [.signed: answer(202), .asked(1): answer(404, "what?")],
            found: [.asksAgain: .fail, .sameID: .skip, .returnValue: .skip, .body: .skip],
            says: "know the action_run_id"),
        Row(
            what: "202 and wait for long", changes: [.signed: later(600)],
            found: [.asksAgain: .fail, .sameID: .skip, .returnValue: .skip, .body: .skip], says: "in 600 s"),
        Row(
            what: "a repeat is a conflict", changes: [.repeated: answer(409, "done already")],
            found: [.sameID: .fail, .asksAgain: .skip], says: "dead letter"),
        Row(
            what: "a repeat is begun anew", changes: [.repeated: answer(202)],
            found: [.sameID: .warn, .asksAgain: .skip]),
        Row(
            what: "a repeat returns something else",
            changes: [
                .signed: answer(200, "{\"return_value\": 1}"),
                .repeated: answer(200, "{\"return_value\": 2}"),
            ],
            found: [.sameID: .warn, .asksAgain: .skip], says: "may have acted twice"),
        Row(
            what: "missing inputs are taken", changes: [.incomplete: answer(200)],
            found: [.missingInputs: .warn, .asksAgain: .skip]),
        Row(
            what: "missing inputs break it", changes: [.incomplete: answer(500)],
            found: [.missingInputs: .fail, .asksAgain: .skip], says: "in vain"),
        Row(
            what: "missing inputs are refused without a text", changes: [.incomplete: answer(400, "{}")],
            found: [.missingInputs: .warn, .asksAgain: .skip], says: "without a text"),
        Row(
            what: "missing inputs are refused by a page", changes: [.incomplete: answer(400, page)],
            found: [.missingInputs: .warn, .asksAgain: .skip], says: "an HTML page"),
        Row(
            what: "slow", elapsed: [.signed: .milliseconds(5_200)], found: [.time: .warn, .asksAgain: .skip],
            says: "5.2 s"),
        Row(what: "too slow", elapsed: [.repeated: .seconds(10)], found: [.time: .fail, .asksAgain: .skip]),
        Row(
            what: "silent", changes: [.signed: .noAnswer(reason: "no answer in time")],
            elapsed: [.signed: .seconds(10)], found: refused([.rightSignature: .fail, .time: .fail]),
            says: "no answer to one within 10 s"),
        Row(
            what: "too large", changes: [.signed: answer(200, big(50_000))],
            found: [.returnValue: .fail, .sameID: .warn, .asksAgain: .skip], says: "the limit is 50000"),
        Row(
            what: "just not too large",
            changes: [.signed: answer(200, big(49_980)), .repeated: answer(200, big(49_980))],
            found: [.asksAgain: .skip]),
        Row(
            what: "cut",
            changes: [.signed: .response(VendorResponse(status: 200, body: [0x7B], isCut: true))],
            found: [.returnValue: .fail, .body: .skip, .asksAgain: .skip]),
        Row(
            what: "not what is declared", changes: [.signed: answer(200, "{\"return_value\": 1}")],
            returns: "String", found: [.returnValue: .fail, .sameID: .warn, .asksAgain: .skip],
            says: "the action returns String"),
        Row(
            what: "200 with a page",
            changes: [.signed: answer(200, page), .repeated: answer(200, page)],
            found: [.body: .warn, .asksAgain: .skip], says: "an HTML page: Please sign in"),
        Row(
            what: "200 with a word", changes: [.signed: answer(200, "ok")],
            found: [.body: .warn, .asksAgain: .skip],
            says: "not JSON: ok"),
        Row(what: "200 without a body", changes: [.signed: answer(200)], found: [.asksAgain: .skip]),
        Row(
            what: "no connection", changes: [.unsigned: .noAnswer(reason: "refused", wasSent: false)],
            found: Dictionary(
                uniqueKeysWithValues: Check.allCases.map { ($0, $0 == .connection ? .fail : .skip) })),
        Row(
            what: "no allowed address", changes: [.unsigned: .refused(reason: "it leads to 10.0.0.1")],
            found: Dictionary(
                uniqueKeysWithValues: Check.allCases.map { ($0, $0 == .connection ? .fail : .skip) }),
            says: "--allow-network"),
    ]

    private static let properties: [String: JSON] = ["customer_id": "77120", "points": "150"]

    private static func action(returns: String? = nil) throws -> CheckedAction {
        let type = try returns.map { try #require(TypeExpression($0)) }
        let definition = type.map {
            ActionDefinition(
                handle: "add-points", title: "", description: "", constraints: [],
                fields: ["customer_id", "points"].map {
                    FieldDefinition(
                        key: $0, type: .singleLineText, isRequired: true, description: "", values: [],
                        source: "inferred")
                }, returns: $0)
        }
        return CheckedAction(
            ActionReference(connector: "loyaltylion", handle: "add-points"), properties: properties,
            definition: definition, store: "tea-house.myshopify.com", nonce: "n")
    }

    /// Plays a check to its end.
    private static func play(_ row: Row, _ check: EndpointCheck) -> EndpointCheck {
        var check = check
        while case .send(let probe, _) = check.next {
            guard check.exchanges.count < 50 else { break }
            check.note(
                row.changes[probe] ?? right(probe), to: probe,
                elapsed: row.elapsed[probe] ?? .milliseconds(12),
                now: 0)
        }
        return check
    }

    @Test(arguments: rows) func `each answer has its finding`(row: Row) throws {
        let check = Self.play(
            row, EndpointCheck(try Self.action(returns: row.returns), endpoint: "https://a.example/flow"))
        let findings = check.findings
        #expect(findings.map(\.check) == Check.allCases)
        let others = findings.filter { $0.verdict != .pass }
        #expect(
            Dictionary(uniqueKeysWithValues: others.map { ($0.check, $0.verdict) }) == row.found,
            "\(findings)")
        #expect(others.allSatisfy { $0.verdict == .skip || $0.remedy != nil })
        if let says = row.says {
            #expect(findings.contains { "\($0.came) \($0.remedy ?? "")".contains(says) }, "\(findings)")
        }
    }

    @Test func `a request goes out only where an earlier one left something to find out`() throws {
        func probes(_ row: Int) throws -> [EndpointProbe] {
            Self.play(Self.rows[row], EndpointCheck(try Self.action(), endpoint: "https://a.example"))
                .exchanges.map(\.probe)
        }
        #expect(try probes(0) == [.unsigned, .wronglySigned, .signed, .repeated, .incomplete])
        let closed = try #require(Self.rows.firstIndex { $0.what == "no connection" })
        #expect(try probes(closed) == [.unsigned])
        let unknown = try #require(Self.rows.firstIndex { $0.what == "the action isn't known" })
        #expect(try probes(unknown) == [.unsigned, .wronglySigned, .signed])
        let twice = try #require(Self.rows.firstIndex { $0.what == "202, then 200" })
        #expect(
            try probes(twice) == [
                .unsigned, .wronglySigned, .signed, .asked(1), .asked(2), .repeated, .incomplete,
            ])
    }

    @Test func `it asks again in growing pauses, as long as it was told`() throws {
        var check = EndpointCheck(
            try Self.action(), endpoint: "https://a.example", patience: .seconds(40))
        var pauses: [Duration] = []
        while case .send(let probe, let pause) = check.next {
            if pause > .zero { pauses.append(pause) }
            let isAsked = probe == .signed || pause > .zero
            check.note(
                isAsked ? Self.answer(202) : Self.right(probe), to: probe, elapsed: .milliseconds(1), now: 0)
        }
        #expect(pauses == [1, 2, 4, 8, 15].map { .seconds($0) })
        #expect(check.findings.first { $0.check == .asksAgain }?.verdict == .fail)
        #expect(check.exchanges.last?.probe == .incomplete)
    }

    @Test(arguments: [(0, 1), (1, 1), (7, 7)]) func `it waits as long as the app asks it to`(
        header: Int, pause: Int
    )
        throws
    {
        var check = EndpointCheck(try Self.action(), endpoint: "https://a.example")
        for probe in [EndpointProbe.unsigned, .wronglySigned] {
            check.note(Self.right(probe), to: probe, elapsed: .zero, now: 0)
        }
        check.note(Self.later(header), to: .signed, elapsed: .zero, now: 0)
        #expect(check.next == .send(.asked(1), after: .seconds(pause)))
    }

    @Test func `HTTP and addresses inside are pointed out`() throws {
        var check = Self.play(Self.rows[0], EndpointCheck(try Self.action(), endpoint: "http://a.example"))
        #expect(check.findings[0].verdict == .warn)
        #expect(check.findings[0].came.contains("without TLS"))
        check.insideOnly = "it leads to 127.0.0.1"
        #expect(check.findings[0].came == "it leads to 127.0.0.1")
        #expect(check.findings[0].remedy?.contains("sender.allowedNetworks") == true)
    }

    private static func request(_ probe: EndpointProbe, _ action: CheckedAction) throws -> VendorRequest {
        try probe.request(
            for: action, endpoint: "https://a.example", shopID: 7, secret: Array("hush".utf8),
            now: 1_700_000_000,
            timeout: .seconds(10))
    }

    private static func isSigned(_ request: VendorRequest) -> Bool {
        request.header(FlowSignature.header).map {
            FlowSignature.verify(body: request.body, header: $0, secrets: [Array("hush".utf8)])
        } ?? false
    }

    @Test func `only the right ones are signed with the secret, and all but one carry one id`() throws {
        let action = try Self.action()
        let unsigned = try Self.request(.unsigned, action)
        #expect(unsigned.header(FlowSignature.header) == nil)
        #expect(unsigned.header("webhook-signature") == nil)
        let wrong = try Self.request(.wronglySigned, action)
        #expect(wrong.header(FlowSignature.header) != nil)
        #expect(!Self.isSigned(wrong))
        let right = try [EndpointProbe.signed, .asked(1), .repeated].map { try Self.request($0, action) }
        for request in right { #expect(Self.isSigned(request)) }
        #expect(Set((right + [unsigned, wrong]).map(\.body)).count == 1)
        let incomplete = try Self.request(.incomplete, action)
        #expect(Self.isSigned(incomplete))
        #expect(incomplete.header("Idempotency-Key") != right[0].header("Idempotency-Key"))
        #expect(try JSONParser.parse(incomplete.body)["properties"] == .object([:]))
        #expect(try JSONParser.parse(right[0].body)["properties"] == .object(Self.properties))
    }

    @Test func `an action that needs no inputs has nothing to leave out`() throws {
        let definition = ActionDefinition(
            handle: "a", title: "", description: "", constraints: [],
            fields: [
                FieldDefinition(
                    key: "note", type: .singleLineText, isRequired: false, description: "", values: [],
                    source: "inferred")
            ])
        let action = CheckedAction(
            ActionReference(connector: "c", handle: "a"), properties: ["note": "x"], definition: definition,
            store: "a.b", nonce: "n")
        #expect(action.incomplete == nil)
        let check = Self.play(Self.rows[0], EndpointCheck(action, endpoint: "https://a.example"))
        #expect(check.exchanges.last?.probe == .repeated)
        #expect(check.findings.first { $0.check == .missingInputs }?.verdict == .skip)
    }
}
