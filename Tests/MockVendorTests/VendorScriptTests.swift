// Scripts: how they are read, what is wrong with them and where, and which answer they choose.

import Flow
import Liquid
import MockVendor
import Testing

@Suite struct VendorScriptTests {
    @Test func `every form of an answer is read`() throws {
        let script = try VendorScript.parse(
            """
            seed: 7
            default: ok
            rules:
              - action: slack/send-message
                store: tea-house.myshopify.com
                share: 0.25
                answers:
                  - 503
                  - { status: 429, retry_after: 1 }
                  - { status: 429, retry_after_date: 2, headers: { X-Reason: 7 } }
                  - { status: 400, body: { error: no channel } }
                  - { slow_ms: 300, then: 202 }
                  - slow_ms: 20
                  - { return_value: { score: 3 } }
                  - html
                  - no-answer
                  - close
                  - garbage
                  - lost
                  - { vendor: ratelimited }
                  - { slow_ms: 20, then: lost }
            """)
        #expect(script.seed == 7)
        #expect(script.defaultAnswers == [.ok])
        let rule = try #require(script.rules.first)
        #expect(rule.action == .action(connector: "slack", handle: "send-message"))
        #expect(rule.store == "tea-house.myshopify.com")
        #expect(rule.share == 0.25)
        #expect(
            rule.answers == [
                .status(503),
                .respond(CannedResponse(status: 429, retryAfter: .seconds(1))),
                .respond(
                    CannedResponse(
                        status: 429, retryAfter: .date(secondsFromNow: 2),
                        headers: [.init(name: "X-Reason", value: "7")])),
                .respond(CannedResponse(status: 400, body: #"{"error":"no channel"}"#)),
                .slow(.milliseconds(300), then: .status(202)),
                .slow(.milliseconds(20), then: .ok),
                .returnValue(["score": 3]),
                .html, .noAnswer, .close, .garbage, .lost, .vendor("ratelimited"),
                .slow(.milliseconds(20), then: .lost),
            ])
    }

    @Test func `an empty text and JSON are scripts, too`() throws {
        #expect(try VendorScript.parse("") == VendorScript())
        let script = try VendorScript.parse(#"{"rules": [{"action": "slack/*", "answers": [503, "ok"]}]}"#)
        #expect(script.rules == [ScriptRule(action: .connector("slack"), answers: [.status(503), .ok])])
    }

    @Test(arguments: [
        ("default: [okay]", "s.yaml:1:11: default[0]: “okay” is no answer"),
        ("default: [99]", "s.yaml:1:11: default[0]: a status from 200 to 599"),
        ("default: []", "s.yaml:1:10: default is empty"),
        ("rules:\n  - action: slack\n    answers: [ok]", "s.yaml:2:13: rules[0].action: connector/handle"),
        ("rules:\n  - answers: [ok]", "s.yaml:2:5: rules[0].action is missing"),
        ("rules:\n  - action: '*'", "s.yaml:2:5: rules[0].answers is missing"),
        (
            "rules:\n  - action: '*'\n    share: 2\n    answers: [ok]",
            "s.yaml:3:12: rules[0].share: a number from 0 to 1"
        ),
        ("default:\n  - status: 429\n    retry_afer: 1", "s.yaml:3:5: default[0].retry_afer is unknown here"),
        (
            "default:\n  - { status: 429, retry_after: 1, retry_after_date: 1 }",
            "s.yaml:2:5: default[0].retry_after and"
        ),
        (
            "default:\n  - { slow_ms: 90000 }",
            "s.yaml:2:16: default[0].slow_ms: a whole number from 0 to 60000"
        ),
        ("default:\n  - { slow_ms: 5, then: never }", "s.yaml:2:25: default[0].then: “never” is no answer"),
        (
            "default:\n  - { status: 200, headers: { 'a b': c } }",
            "s.yaml:2:31: default[0].headers.a b is no name"
        ),
        ("default:\n  - { vendor: 404 }", "s.yaml:2:15: default[0].vendor: text should stand here"),
        ("default:\n  - { vendor: a, status: 404 }", "s.yaml:2:18: default[0].status is unknown here"),
        (
            "default:\n  - { then: ok }",
            "s.yaml:2:5: default[0]: one of status, slow_ms, return_value and vendor"
        ),
        ("default: [ok]\n---\ndefault: [ok]", "s.yaml:3:1: a script is one document"),
        ("rules: [", "s.yaml:"),
    ])
    func `a fault is named with its place`(text: String, expected: String) throws {
        let fault = try #require(throws: Diagnostics.self) { try VendorScript.parse(text, file: "s.yaml") }
        #expect(fault.items.count == 1)
        #expect(fault.description.hasPrefix(expected), "\(fault)")
    }

    @Test func `the first rule that fits counts, and its last answer repeats`() throws {
        let script = try VendorScript.parse(
            """
            default: [404]
            rules:
              - { action: slack/send-message, store: a.test, answers: [503, 429, ok] }
              - { action: slack/*, answers: [502] }
              - { action: "*", store: b.test, answers: [close] }
            """)
        func answers(_ connector: String, _ handle: String, _ store: String) -> [ScriptedAnswer] {
            (1...4).map {
                script.answer(connector: connector, handle: handle, store: store, runID: "r", attempt: $0)
            }
        }
        #expect(answers("slack", "send-message", "a.test") == [.status(503), .status(429), .ok, .ok])
        #expect(answers("slack", "send-message", "b.test") == Array(repeating: .status(502), count: 4))
        #expect(answers("trello", "create-card", "b.test") == Array(repeating: .close, count: 4))
        #expect(answers("trello", "create-card", "c.test") == Array(repeating: .status(404), count: 4))
    }

    @Test func `a share is the same for the same seed, and another for another seed`() {
        func chosen(seed: Int64, share: Double) -> [Bool] {
            let script = VendorScript(seed: seed, rules: [ScriptRule(share: share, answers: [.status(503)])])
            return (0..<10_000).map { number in
                script.answer(connector: "c", handle: "h", store: "s", runID: "run-\(number)", attempt: 1)
                    != .ok
            }
        }
        let fifth = chosen(seed: 1, share: 0.2)
        #expect(fifth == chosen(seed: 1, share: 0.2))
        #expect(fifth != chosen(seed: 2, share: 0.2))
        // Four standard deviations of 10,000 draws at 0.2.
        #expect((1840...2160).contains(fifth.count { $0 }))
        #expect(
            zip(fifth, chosen(seed: 1, share: 0.5)).allSatisfy { !$0 || $1 },
            "a larger share holds the smaller")
        #expect(!chosen(seed: 1, share: 0).contains(true))
        #expect(!chosen(seed: 1, share: 1).contains(false))
    }

    @Test func `the shares of two rules are independent`() {
        let script = VendorScript(rules: [
            ScriptRule(share: 0.5, answers: [.status(503)]), ScriptRule(share: 0.5, answers: [.status(429)]),
        ])
        let second = (0..<10_000).count { number in
            script.answer(connector: "c", handle: "h", store: "s", runID: "run-\(number)", attempt: 1)
                == .status(429)
        }
        #expect((2300...2700).contains(second))
    }
}
