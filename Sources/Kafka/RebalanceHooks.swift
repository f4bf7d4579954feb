// What the owner of a consumer does when its group hands out partitions.

/// What to do when partitions come and go.
///
/// Each hook runs in a task of its own while the consumer's polling thread waits for it: nothing is read
/// meanwhile. `commit`, `committed`, `watermarks` and transactions work inside a hook, in `revoked` also
/// `pause`, `resume` and `seek`; `subscribe` and `assign` wait until it is over, so a hook must not await
/// them, nor `close`.
package struct RebalanceHooks: Sendable {
    /// Tells where to start in each new partition. It may add partitions of other topics: all that it
    /// returns are assigned, and a partition that it leaves out is not.
    package var assigned: @Sendable (_ partitions: [TopicPartition]) async -> [PartitionStart]
    /// Drains and commits. The partitions are gone when it returns; nothing of them is delivered from the
    /// moment it is called. `lost` says that they already belong to someone else: a commit would fail.
    package var revoked: @Sendable (_ partitions: [TopicPartition], _ lost: Bool) async -> Void
    /// The polling thread waits at most this long for a hook; then it cancels the hook's task, logs a warning
    /// and goes on (from the committed offsets, when `assigned` didn't answer). The rest of the group waits
    /// meanwhile: keep it well below `max.poll.interval.ms` (5 minutes).
    package var bound: Duration

    package init(
        assigned: @escaping @Sendable (_ partitions: [TopicPartition]) async -> [PartitionStart] = {
            partitions in
            partitions.map { PartitionStart(topicPartition: $0, offset: .committed) }
        },
        revoked: @escaping @Sendable (_ partitions: [TopicPartition], _ lost: Bool) async -> Void = { _, _ in
        },
        bound: Duration = .seconds(20)
    ) {
        self.assigned = assigned
        self.revoked = revoked
        self.bound = bound
    }
}
