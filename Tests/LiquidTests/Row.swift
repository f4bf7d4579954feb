import Testing

@testable import Liquid

/// One line of a table of templates.
struct Row: CustomTestStringConvertible, Sendable {
    let source: String
    let text: String
    let context: [String: Value]

    init(_ source: String, _ text: String, _ context: [String: Value] = [:]) {
        self.source = source
        self.text = text
        self.context = context
    }

    var testDescription: String { source }
}

/// What a template comes to: its text, or the description of its error.
func outcome(_ source: String, _ context: [String: Value] = [:]) -> String {
    do {
        return try Template(source).render(context)
    } catch {
        return "\(error)"
    }
}
