/// Comparisons joined by `and` and `or`. Liquid has no precedence and no brackets: what follows a joiner,
/// to the end, belongs together.
struct Condition: Sendable {
    enum Joiner: Sendable { case and, or }
    enum Relation: Sendable { case equal, unequal, less, atMost, greater, atLeast, contains }

    struct Comparison: Sendable {
        var left: Operand
        var relation: Relation?
        var right: Operand = .literal(.null)
        /// What joins it to the next; the last has none.
        var joiner: Joiner?
        var location: Location
    }

    var comparisons: [Comparison]
    /// `unless`.
    var isNegated = false
}
