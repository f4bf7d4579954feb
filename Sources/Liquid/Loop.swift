/// `{% for variable in collection limit: offset: reversed %}`.
struct Loop: Sendable {
    enum Offset: Sendable {
        case at(Operand)
        /// Where the last loop with the same name ended.
        case `continue`
    }

    var variable: String
    var collection: Operand
    /// `variable-collection` as written: `forloop.name`, and what `offset: continue` goes by.
    var name: String
    var limit: Operand?
    var offset: Offset?
    var isReversed = false
    var body: [Node] = []
    var otherwise: [Node] = []
    var location: Location
}
