import Testing

@testable import Outgoing

@Suite struct CertificateNameTests {
    @Test(arguments: [
        ("app.example", "app.example", true), ("App.Example", "app.example", true),
        ("app.example.", "app.example", true),
        ("*.example", "app.example", true), ("app.example", "app.example.", true),
        ("*.example", "a.app.example", false), ("*.example", "example", false),
        ("*.example", ".example", false),
        ("*", "app", false), ("app.*", "app.example", false), ("a*.example", "app.example", false),
        ("other.example", "app.example", false), ("", "app.example", false), ("*.*", "app.example", false),
    ]) func `a name fits itself, and a wildcard one label`(pattern: String, host: String, fits: Bool) {
        #expect(CertificateName.matches(pattern, host) == fits)
    }
}
