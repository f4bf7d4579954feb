import Flow
import Pipeline
import Testing

@Suite struct LetterHistogramTests {
    private static let patterns: [(String, String)] = [
        ("HTTP 401: no such key 17", "HTTP 401: no such key #"),
        ("the app answered HTTP 410", "the app answered HTTP 410"),
        ("HTTP 4010 and 401, HTTP", "HTTP # and #, HTTP"),
        ("gave up after 60 attempts; the last: 503", "gave up after # attempts; the last: #"),
        ("no run 0190a1b2-c3d4-8e5f-9a6b-7c8d9e0f1a2b", "no run <id>"),
        ("order gid-deadbeef0123456789 is unknown", "order <id> is unknown"),
        ("customer_id: expected a number", "customer_id: expected a number"),
        ("v2 and sha256", "v# and sha#"), ("Bad Request", "Bad Request"), ("", ""),
        ("line\nline\t2", "line line #"), ("facade feedbeefcafe", "facade feedbeefcafe"),
    ]

    @Test(arguments: patterns) func `reasons are folded so that equal failures are equal`(
        reason: String, pattern: String
    ) {
        #expect(ReasonPattern.of(reason) == pattern)
    }

    @Test func `a long reason is cut`() {
        for text in [String(repeating: "word ", count: 100_000), String(repeating: "x", count: 1_000_000)] {
            #expect(ReasonPattern.of(text).count == 201)
        }
    }

    @Test func `letters are counted by what is asked for, in each state, those with the most to do first`()
        throws
    {
        var histogram = LetterHistogram(by: [.connector, .reason, .hour])
        for number in 0..<5 {
            let letter = LetterFixtures.letter(LetterFixtures.run(1), reason: "HTTP 500: \(number)")
            histogram.take(LetterFixtures.entry(letter, Int64(number), timestamp: 3_600_000 + Int64(number)))
        }
        let again = LetterFixtures.letter(LetterFixtures.run(2, replay: 1), reason: "HTTP 500: 7")
        histogram.take(LetterFixtures.entry(again, timestamp: 3_600_010))
        let event = LetterFixtures.letter(LetterFixtures.event("e"), reason: "bad")
        histogram.take(LetterFixtures.entry(event, timestamp: -1, state: .discarded))
        let groups = histogram.groups
        #expect(
            groups.map(\.values) == [
                ["slack", "HTTP 500: #", "1970-01-01T01:00Z"], ["loyaltylion", "bad", "unknown"],
            ])
        #expect(groups.first?[.open] == 5)
        #expect(groups.first?[.failedAgain] == 1, "second failures have a place of their own")
        #expect(groups.first?.newest == 3_600_010)
        #expect(groups.first?.example == LetterPlace(partition: 3, offset: 0))
        #expect(groups.last?[.discarded] == 1)
    }

    @Test func `groups are bounded`() {
        var histogram = LetterHistogram(by: [.store])
        for number in 0..<(LetterHistogram.groupLimit + 50) {
            var letter = LetterFixtures.letter(LetterFixtures.run(1))
            letter.store = "s\(number)"
            histogram.take(LetterFixtures.entry(letter))
        }
        #expect(histogram.groups.count == LetterHistogram.groupLimit + 1)
        #expect(histogram.groups.first?.values == [LetterHistogram.others])
        #expect(histogram.groups.first?.total == 50)
    }
}
