import Flow
import Testing

@Suite struct UTCDateTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1994-11-06T08:49:37Z", 784_111_777),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("1969-12-31T23:59:59Z", -1), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] as [(String, Int64)]) func `text and seconds since 1970 agree`(text: String, seconds: Int64)
    {
        #expect(UTCDate(iso: text)?.secondsSince1970 == seconds)
        #expect(UTCDate(secondsSince1970: seconds).isoText == text)
    }

    @Test(arguments: [
        "", "2026-11-24", "2026-11-24T09:30:00", "2026-11-24T09:30:00+01:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-24T24:00:00Z", "2026-11-24 09:30:00Z", "2O26-11-24T09:30:00Z", "2026-11-24T09:30:00,5Z",
        "2026-00-01T00:00:00Z",
    ]) func `what is no moment in UTC is refused`(text: String) {
        #expect(UTCDate(iso: text) == nil)
    }

    @Test func `a fraction of a second is dropped`() {
        #expect(UTCDate(iso: "2026-11-24T09:30:00.123456Z")?.isoText == "2026-11-24T09:30:00Z")
    }

    @Test func `every day of 800 years is found again`() {
        for day in Int64(-146_097)...146_097 {
            let date = UTCDate(secondsSince1970: day * 86_400 + 86_399)
            guard UTCDate(iso: date.isoText) != date else { continue }
            Issue.record("\(date.isoText) is read as another day")
            return
        }
    }
}
