/// The bounds of one template and of one render: what a user's template may cost.
///
/// They hold whatever the template says and whatever the context contains; reaching one is an error that
/// names it, never a truncated text.
package enum Limits {
    /// Bytes of UTF-8 in a template's source.
    package static let sourceBytes = 65_536
    /// How deep blocks, brackets and ranges may nest, and values where they are printed.
    package static let depth = 64
    /// Rounds of all `for` loops of one render together; also the numbers in one range.
    package static let iterations = 10_000
    /// Bytes of UTF-8 of the rendered text, and of every text that a filter makes.
    package static let outputBytes = 1_048_576
    /// Elements of a list that a filter makes.
    package static let elements = 100_000
    /// Work of one render, in bytes that nodes and filters handle: about a second at most.
    package static let work = 16_777_216
}
