import Testing

@testable import Liquid

/// The part of the Golden Liquid suite that uses only what is supported (`GoldenCase.isSupported`).
@Suite(.enabled(if: GoldenCase.all != nil, "the suite lies beside the repository and is absent here"))
struct ConformanceTests {
    /// Cases that are answered in another way on purpose, with the reason.
    static let deviations = [
        "identifiers, only digits": "assigning to a number is refused: the name could never be read"
    ]

    @Test func `supported golden cases pass, except the named deviations`() throws {
        let cases = try #require(GoldenCase.all).filter(\.isSupported)
        var passed = 0
        var failures: [String] = []
        for golden in cases {
            let failure = failure(of: golden)
            if failure == nil { passed += 1 }
            if let failure, Self.deviations[golden.name] == nil {
                failures.append("\(golden.name): \(failure)")
            }
            if failure == nil, Self.deviations[golden.name] != nil {
                failures.append("\(golden.name): passes, so it is no deviation")
            }
        }
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        #expect(passed >= 355, "\(passed) of \(cases.count) passed")
    }

    /// What is wrong with our answer; nil if nothing is.
    private func failure(of golden: GoldenCase) -> String? {
        do {
            let text = try Template(golden.template).render(golden.context)
            if golden.invalid == true { return "should be an error, is \"\(text)\"" }
            let wanted = golden.results ?? [golden.result ?? ""]
            return wanted.contains(text) ? nil : "should be \(wanted), is \"\(text)\""
        } catch {
            return golden.invalid == true ? nil : "\(error)"
        }
    }
}
