import Glibc
import Pipeline
import TestSupport
import Testing

/// What a chaos run refuses, and what it does not forgive.
@Suite struct ChaosOptionsTests {
    @Test func `nothing asked for is everything, from a seed of its own`() throws {
        let options = try ChaosOptions(["CHAOS_KINDS": "", "CHAOS_MODE": "", "CHAOS_SEED": ""])
        #expect(options.rounds == nil && options.mode == nil && options.kinds == nil)
    }

    @Test func `what is asked for is read`() throws {
        let options = try ChaosOptions([
            "CHAOS_ROUNDS": "14", "CHAOS_SEED": "7", "CHAOS_MODE": "at-least-once",
            "CHAOS_KINDS": "killSender,join",
        ])
        #expect(options.rounds == 14 && options.seed == 7 && options.mode == .atLeastOnce)
        #expect(options.kinds == [.killSender, .join])
    }

    @Test(arguments: [
        "CHAOS_ROUNDS=many", "CHAOS_ROUNDS=0", "CHAOS_SEED=x", "CHAOS_MODE=exactlyOnce",
        "CHAOS_KINDS=killSender,killsender",
    ])
    func `a mistyped word is refused, with those that are known`(setting: String) {
        let parts = setting.split(separator: "=").map(String.init)
        let fault = #expect(throws: ChaosFault.self) { try ChaosOptions([parts[0]: parts[1]]) }
        #expect(fault?.what.contains("allowed") == true)
    }

    @Test func `a worker may give up where something is done, and nowhere else`() {
        let gaveUp = RevivedWorker(name: "sender-0", status: .code(1), words: "fenced")
        #expect(gaveUp.fault(isCalm: false) == nil)
        #expect(gaveUp.fault(isCalm: true) != nil)
        for status in [
            RevivedWorker(name: "s", status: .signal(SIGSEGV), words: ""),
            .init(name: "s", status: .code(0), words: ""),
        ] {
            #expect(status.fault(isCalm: false) != nil)
        }
    }
}
