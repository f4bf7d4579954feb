import Foundation

@testable import Liquid

/// One case of the Golden Liquid suite, which lies beside the repository and is read where it is present.
struct GoldenCase: Decodable {
    let name: String
    let template: String
    let data: [String: JSONValue]?
    /// Templates that others include.
    let templates: [String: String]?
    let result: String?
    /// Any of these will do.
    let results: [String]?
    /// Parsing or rendering must fail.
    let invalid: Bool?

    var context: [String: Value] { (data ?? [:]).mapValues(\.value) }

    /// All cases; nil where the suite is absent.
    static let all: [GoldenCase]? = {
        struct Suite: Decodable { let tests: [GoldenCase] }
        let repository = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = repository.appending(path: "../shared/conformance/golden-liquid.json")
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(Suite.self, from: data).tests
    }()

    /// Whether it uses nothing but what is supported: no other templates, and every tag and filter that is
    /// named anywhere in it, comments included, is known.
    var isSupported: Bool {
        guard templates == nil else { return false }
        let tags = names(after: /\{%-?\s*([\w#]*)/)
        let filters = names(after: /\|\s*(\w+)/)
        let known = Tag.dividers.union(Tag.allCases.map(\.rawValue))
        return tags.isSubset(of: known) && filters.isSubset(of: Filter.all.keys)
    }

    private func names(after pattern: Regex<(Substring, Substring)>) -> Set<String> {
        Set(template.matches(of: pattern).map { String($0.output.1) })
    }
}
