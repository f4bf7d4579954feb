import Connectors
import Flow
import Testing

@Suite struct RetryAfterTests {
    private static let now: Int64 = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT

    private func delay(_ value: String, date: String? = nil) -> Duration? {
        var headers = [(name: "Retry-After", value: value)]
        if let date { headers.append((name: "DATE", value: date)) }
        return RetryAfter.delay(in: VendorResponse(status: 503, headers: headers), now: Self.now)
    }

    @Test(
        arguments: [
            ("0", 0), ("120", 120), (" 120 ", 120), ("007", 7), ("99999999999999999999999", 1_000_000_000),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 09:49:37 GMT", 3600),
            ("Sunday, 06-Nov-94 08:50:37 GMT", 60), ("Sun Nov  6 08:50:37 1994", 60),
            ("Wed Nov 16 08:49:37 1994", 864_000),
        ] as [(String, Int64)]) func `seconds and all three forms of dates are read`(
            value: String, seconds: Int64
        )
    {
        #expect(delay(value) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "-5", "+5", "1.5", "1e3", "soon", "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sun, 06 Nov 1994 09:49:37 PST", "Sun, 31 Feb 1995 00:00:00 GMT",
        "Sun, 6 Nov 1994 09:49:37 GMT", "Son, 06 Nov 1994 09:49:37 GMT", "Sun, 06 Nov 94 09:49:37 GMT",
        "Sun, 06 Nov 1994 9:49:37 GMT",
        "1994-11-06T09:49:37Z", "Sunday, 06-Nov-94 GMT", "Sunday, 06--94 08:50:37 GMT",
        "Sun Nov 06 25:00:00 1994", "\u{FF15}",
    ]) func `garbage and the past are ignored`(value: String) {
        #expect(delay(value) == nil)
    }

    @Test func `a date counts from the answer's own clock`() {
        #expect(delay("Sun, 06 Nov 1994 08:49:47 GMT", date: "Sun, 06 Nov 1994 08:49:17 GMT") == .seconds(30))
        #expect(delay("Sun, 06 Nov 1994 08:49:47 GMT", date: "yesterday") == .seconds(10))
    }

    @Test func `a year of two digits is never more than 50 years ahead`() {
        let now = UTCDate(secondsSince1970: 1_795_000_000)  // 2026
        #expect(HTTPDate.parse("Sunday, 06-Nov-76 08:49:37 GMT", now: now)?.year == 2076)
        #expect(HTTPDate.parse("Sunday, 06-Nov-77 08:49:37 GMT", now: now)?.year == 1977)
        #expect(HTTPDate.parse("Sunday, 06-Nov-26 08:49:37 GMT", now: now)?.year == 2026)
    }

    @Test func `an answer without the header asks for nothing`() {
        #expect(RetryAfter.delay(in: VendorResponse(status: 503), now: Self.now) == nil)
    }
}
