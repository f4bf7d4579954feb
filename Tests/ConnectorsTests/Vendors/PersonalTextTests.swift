import Testing

@testable import Connectors

@Suite struct PersonalTextTests {
    @Test(arguments: [
        "ada@example.com", "for Ada <ada@example.com>", " x a.b+c@d.example ",
        "ada@example.com,bob@example.com",
        "ada@example.com;bob@example.com", "gold/ada@example.com/7", "Ada (ada@example.com)",
        "mailto:ada@example.com", "a|ada@example.com|b", "\"ada@example.com\"",
        "email=ada@example.com&tier=gold",
        "['ada@example.com']", "ada@tea@example.com", "ada@example.com.",
    ])
    func `an e-mail address is found wherever it stands`(text: String) {
        #expect(PersonalText.kind(of: text) == "an e-mail address")
    }

    @Test(arguments: [
        "+491512345678", "+49 (151) 234-5678", " +1.415.555.0100", "tel:+491512345678",
        "Phone: +49 151 2345678", "Ada, +49 151 2345678; Bob",
    ])
    func `a telephone number is found that is nothing else`(text: String) {
        #expect(PersonalText.kind(of: text) == "a telephone number")
    }

    @Test(arguments: [
        "0151 2345678", "0151-2345678", "(0151) 2345678", "0151/2345678", "030 123456", "06 12 34 56 78",
        "020 7946 0958", "0049 151 2345678", "(415) 555-0100", "Phone: 0151 2345678",
    ])
    func `without a plus sign a telephone number is found by its groups`(text: String) {
        #expect(PersonalText.kind(of: text) == "a telephone number")
    }

    @Test(arguments: [
        "Gold", "100@5", "+10 points", "+50", "@tea", "tea@", "tea@shop", "tea@ example.com", "1001", "#1001",
        "",
    ])
    func `other texts are let through`(text: String) {
        #expect(PersonalText.kind(of: text) == nil)
    }

    @Test(arguments: [
        "2026-11-24", "24.11.2026", "01.02.2026", "01/02/2026 10:30", "01.02.2026 10.30", "09:30:00",
        "450789469", "2600441643094", "00012345678", "00012-345678", "0815-4711", "111-1234567-1234567",
        "415-555-0100", "0-306-40615-2", "0 12345 67890 5", "1.234.567,89", "(1.234.567.890)", "10.0.0.1",
    ])
    func `numbers of orders, goods and days are let through`(text: String) {
        #expect(PersonalText.kind(of: text) == nil)
    }

    /// Said in `Apps/littledata/README.md`.
    @Test(arguments: ["01512345678", "415-555-0100", "call +49 151 2345678 now", "ada at example dot com"])
    func `what can't be told from other texts is not found`(text: String) {
        #expect(PersonalText.kind(of: text) == nil)
    }
}
