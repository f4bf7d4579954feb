/// Why a compiled template couldn't be rendered with the context it was given, and where in its source.
///
/// The same template with the same context always fails in the same way, so trying again is of no use.
package struct RenderError: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int
    /// What is wrong, with the value that is.
    package let message: String
    /// What to change in the template or the data.
    package let remedy: String

    init(_ fault: Fault, at location: Location) {
        line = location.line
        column = location.column
        message = fault.message
        remedy = fault.remedy
    }

    package var description: String { "line \(line), column \(column): \(message); \(remedy)" }
}
