/// A value and the filters that it passes through, from left to right.
struct Expression: Sendable {
    var operand: Operand
    var filters: [FilterCall] = []
    var location: Location
}
