import Testing

@testable import Liquid

@Suite struct DateFilterTests {
    @Test(arguments: [
        ("2026-03-09T07:05:04.123456Z", "%Y-%m-%d %H:%M:%S.%L %N", "2026-03-09 07:05:04.123 123456000"),
        ("2026-03-09T07:05:04+02:00", "%-d.%-m.%y %k:%M %z %:z %Z", "9.3.26  7:05 +0200 +02:00 +02:00"),
        (
            "2026-03-09 19:05:04 UTC", "%A %a %B %b %e %I:%M %p %P %l",
            "Monday Mon March Mar  9 07:05 PM pm  7"
        ),
        ("2026-03-09 19:05 -0530", "%s %z", "1773102900 -0530"),
        (
            "2026-03-09", "%F %T %D %R %r %c",
            "2026-03-09 00:00:00 03/09/26 00:00 12:00:00 AM Mon Mar  9 00:00:00 2026"
        ),
        ("2024-12-30", "%G-W%V-%u %U %W %j %w %C", "2025-W01-1 52 53 365 1 20"),
        ("2021-01-03", "%G-W%V-%u %U %W %j", "2020-W53-7 01 00 003"),
        ("1600-02-29", "%F %A", "1600-02-29 Tuesday"),
        ("2026-01-31", "%%|%n|%t|%Q|%", "%|\n|\t|%Q|%"),
        ("2026-01-31", "%^a %^B %05d %_m %3e", "SAT JANUARY 00031  1  31"),
        ("March 14, 2016", "%b %d, %y", "Mar 14, 16"),
        ("14 Mar 2016 10:20:30", "%F %T", "2016-03-14 10:20:30"),
        ("0", "%F %T %Z", "1970-01-01 00:00:00 UTC"),
        ("253402300799", "%F %T", "9999-12-31 23:59:59"),
        ("2026-02-29", "%F", "2026-02-29"),
        ("2026-13-01", "%Y", "2026-13-01"),
        ("2026-01-01T24:00:00Z", "%Y", "2026-01-01T24:00:00Z"),
        ("soon", "%Y", "soon"),
        ("2026-01-31", "", "2026-01-31"),
    ]) func `dates are read and printed`(input: String, format: String, text: String) throws {
        #expect(
            try Template("{{ d | date: f }}").render(["d": .string(input), "f": .string(format)]) == text)
    }

    @Test func `Unix seconds are a date too, before 1970 as well`() {
        #expect(outcome("{{ d | date: '%F %T' }}", ["d": -1]) == "1969-12-31 23:59:59")
        #expect(outcome("{{ d | date: '%F' }}", ["d": .integer(.max)]) == "9223372036854775807")
    }

    @Test func `the clock is refused when compiling and when rendering`() {
        let refusal = "the date \"now\" is refused: a repeated run must render the same"
        let remedy = "use a time of the event, as in `{{ trigger.created_at | date: \"%Y-%m-%d\" }}`"
        #expect(throws: TemplateError.self) { try Template("{{ 'now' | date: '%Y' }}") }
        #expect(outcome("a{{ 'now' | date: '%Y' }}") == "line 1, column 5: \(refusal); \(remedy)")
        #expect(
            outcome("a{{ d | date: '%Y' }}", ["d": " Now "])
                == "line 1, column 9: the date \"Now\" is refused: a repeated run must render the same; \(remedy)"
        )
        #expect(outcome("{{ 'today' | date: '%Y' }}").contains("the date \"today\" is refused"))
    }

    @Test func `every day of 400 years goes to its number and back`() {
        let wrong = (-73_049...73_049).filter { day in
            let date = Moment.date(daysSince1970: day)
            return Moment.daysSince1970(date.year, date.month, date.day) != day
        }
        #expect(wrong == [])
    }
}
