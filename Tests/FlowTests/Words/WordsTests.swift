import Flow
import Testing

/// Words for people: counts, and names that were meant.
@Suite struct WordsTests {
    @Test func `one thing has no plural`() {
        #expect([0, 1, 2].map { $0.counted("store") } == ["0 stores", "1 store", "2 stores"])
        #expect([1, 3].map { $0.counted("retry", "retries") } == ["1 retry", "3 retries"])
    }

    static let near: [(String, [String])] = [
        ("tea-hose.example", ["tea-house.example"]), ("tea-house", ["tea-house.example", "tea-house.test"]),
        ("coffee", []), ("tea", []), ("", []), ("tea-huose.test", ["tea-house.test"]),
    ]

    @Test(arguments: near)
    func `what differs by a letter or two was meant, and what begins so`(name: String, found: [String]) {
        let known = ["tea-garden.example", "tea-house.example", "tea-house.test"]
        #expect(NearNames.of(name, in: known) == found)
    }

    @Test func `a distance beyond two isn't counted to its end`() {
        #expect(NearNames.distance("send-mesage", "send-message") == 1)
        #expect(NearNames.distance("abc", "acb") == 2)
        #expect(NearNames.distance("abcdefgh", "hgfedcba") > NearNames.distance)
    }
}
