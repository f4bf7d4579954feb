import Testing

@testable import Connectors

@Suite struct PersonalTextTests {
    @Test(arguments: ["ada@example.com", "for Ada <ada@example.com>", " x a.b+c@d.example "])
    func `an e-mail address is found wherever it stands`(text: String) {
        #expect(PersonalText.kind(of: text) == "an e-mail address")
    }

    @Test(arguments: ["+491512345678", "+49 (151) 234-5678", " +1.415.555.0100"])
    func `a telephone number is found that is nothing else`(text: String) {
        #expect(PersonalText.kind(of: text) == "a telephone number")
    }

    @Test(arguments: ["Gold", "100@5", "+10 points", "+50", "@tea", "tea@", "1001", "2026-11-24", ""])
    func `other texts are let through`(text: String) {
        #expect(PersonalText.kind(of: text) == nil)
    }
}
