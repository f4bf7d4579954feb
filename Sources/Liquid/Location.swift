/// A place in a template's source, for people: both counted from 1, columns in Unicode scalars.
package struct Location: Hashable, Sendable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int = 1, column: Int = 1) {
        self.line = line
        self.column = column
    }

    package var description: String { "line \(line), column \(column)" }
}
