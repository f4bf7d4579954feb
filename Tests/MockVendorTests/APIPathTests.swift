// Paths below /api, apart from any network.

import Testing

@testable import MockVendor

@Suite struct APIPathTests {
    @Test func `a path is taken apart as it was sent`() throws {
        let path = try #require(APIPath("/api/tea/v1/cards/a%2Fb"))
        #expect(path.connector == "tea")
        #expect(path.rest == "/v1/cards/a%2Fb")
        #expect(path.fault == nil)
        #expect(APIPath("/api/tea")?.rest == "")
        #expect(APIPath("/api/tea")?.fault == nil)
    }

    @Test(arguments: ["/", "/apis/tea", "/ap", "/flow/api/tea", "*", ""])
    func `other paths lead elsewhere`(path: String) {
        #expect(APIPath(path) == nil)
    }

    @Test(arguments: [
        "/api/tea/grün", "/api/tea/a b", "/api/tea/%e", "/api/tea/..", "/api/tea//", "/api//v1",
    ])
    func `a path that no vendor understands has a fault`(path: String) {
        #expect(APIPath(path)?.fault != nil)
    }

    @Test(arguments: 1...20)
    func `whatever stands there, nothing of it is lost or changed`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = ["/", "//", ".", "..", "%", "%2", "%2e", "a", "Ü", "\u{0}", "?", ":", "é\u{301}", "🍵"]
        for _ in 0..<500 {
            let count = Int.random(in: 0...12, using: &generator)
            let text =
                "/api/" + (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            guard let path = APIPath(text) else {
                Issue.record("seed \(seed): \(text) is below /api")
                continue
            }
            #expect("/api/\(path.connector)\(path.rest)" == text, "seed \(seed)")
            guard path.fault == nil else { continue }
            let steps = path.rest.split(separator: "/").filter { $0 == "." || $0 == ".." }
            #expect(steps.isEmpty && !path.rest.contains("//"), "seed \(seed): \(text)")
        }
    }

    /// SplitMix64
    private struct SeededGenerator: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
