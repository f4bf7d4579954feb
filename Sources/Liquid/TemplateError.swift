/// Why a source can't be compiled, and where: thrown before anything is rendered.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int
    /// What is wrong, with the piece of source that is.
    package let message: String
    /// What to write instead.
    package let remedy: String

    init(_ location: Location, _ message: String, remedy: String) {
        line = location.line
        column = location.column
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "line \(line), column \(column): \(message); \(remedy)" }
}
