// Which tokens are remembered, and how many of them at most.

import Testing

@testable import MockVendor

@Suite struct TokenLedgerTests {
    private var generator = SystemRandomNumberGenerator()

    @Test mutating func `tokens are never alike, and are good at their connector`() throws {
        var ledger = TokenLedger()
        var tokens: Set<String> = []
        for number in 1...1000 {
            let given = ledger.give(
                for: .refreshToken("t\(number)"), at: "tea", until: 10, rotates: true, using: &generator)
            tokens.formUnion([given?.accessToken, given?.refreshToken].compactMap(\.self))
        }
        #expect(tokens.count == 2000)
        let token = try #require(
            ledger.give(for: .assertion, at: "tea", until: 10, rotates: true, using: &generator)?.accessToken)
        #expect(ledger.fault(of: token, at: "tea", now: 9) == nil)
        #expect(ledger.fault(of: token, at: "tea", now: 10) == "the access token ended 0 ms ago")
        #expect(ledger.fault(of: "other", at: "tea", now: 9) != nil)
        #expect(ledger.fault(of: nil, at: "tea", now: 9) == nil)
        #expect(ledger.fault(of: "other", at: "coffee", now: 9) == nil)
    }

    @Test mutating func `a refresh token that isn't exchanged goes on`() {
        var ledger = TokenLedger()
        for rotates in [false, false, true] {
            let given = ledger.give(
                for: .refreshToken("t"), at: "tea", until: 1, rotates: rotates, using: &generator)
            #expect((given?.refreshToken != nil) == rotates)
            #expect(given != nil)
        }
        let used = ledger.give(
            for: .refreshToken("t"), at: "tea", until: 1, rotates: false, using: &generator)
        #expect(used == nil)
    }

    @Test mutating func `what is remembered has a bound`() {
        var ledger = TokenLedger()
        for number in 0..<(3 * TokenLedger.limit) {
            _ = ledger.give(
                for: .refreshToken("t\(number)"), at: "tea", until: 1, rotates: true, using: &generator)
        }
        let first = ledger.give(
            for: .refreshToken("t0"), at: "tea", until: 1, rotates: true, using: &generator)
        #expect(first != nil, "it is long forgotten")
        let last = ledger.give(
            for: .refreshToken("t\(3 * TokenLedger.limit - 1)"), at: "tea", until: 1, rotates: true,
            using: &generator)
        #expect(last == nil)
        for number in 0...TokenLedger.connectorLimit {
            _ = ledger.give(for: .assertion, at: "c\(number)", until: 1, rotates: true, using: &generator)
        }
        #expect(ledger.fault(of: "x", at: "c1", now: 0) != nil)
        #expect(ledger.fault(of: "x", at: "c\(TokenLedger.connectorLimit)", now: 0) == nil)
    }
}
