/// A value as written, without filters.
indirect enum Operand: Sendable {
    case literal(Value)
    /// Equal to what is empty; printed as nothing.
    case empty
    /// Equal to what is empty, null, false or white space; printed as nothing.
    case blank
    case path(VariablePath)
    case range(Operand, Operand, Location)
}
