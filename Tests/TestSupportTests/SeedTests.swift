import Testing

@testable import TestSupport

@Suite struct SeedTests {
    @Test func `draws the published numbers`() {
        // The reference implementation's output for seed 1234567 (Vigna, splitmix64.c).
        var generator = SplitMix64(seed: 1_234_567)
        let drawn = (0..<3).map { _ in generator.next() }
        #expect(drawn == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func `a given seed repeats the sequence`() throws {
        var first: [UInt64] = []
        var second: [UInt64] = []
        withSeed(42, runs: 3) { first.append($0.next()) }
        withSeed(42, runs: 3) { second.append($0.next()) }
        #expect(first == second)
        #expect(Set(first).count == first.count)
    }

    @Test func `the first run that throws is the last`() {
        struct Broken: Error {}
        var runs = 0
        #expect(throws: Broken.self) {
            try withSeed(7, runs: 10) { _ in
                runs += 1
                if runs == 3 { throw Broken() }
            }
        }
        #expect(runs == 3)
    }
}
