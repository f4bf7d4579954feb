// The place in a partition where reading begins.

/// A place in a partition.
package enum StartOffset: Hashable, Sendable {
    /// The group's committed offset. Where there is none, the consumer's `offsetReset` decides.
    case committed
    /// The group's committed offset, or the beginning where the group has none. An offset that was
    /// committed and that retention has overtaken is still subject to `offsetReset`.
    case committedOrBeginning
    case beginning
    case end
    case at(Int64)
}
