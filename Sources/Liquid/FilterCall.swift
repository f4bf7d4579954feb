/// One filter behind a `|`, with its arguments as written; their number has been checked.
struct FilterCall: Sendable {
    var filter: Filter
    var positional: [Operand] = []
    var named: [String: Operand] = [:]
    var location: Location
}
