// From where a successor has to read the waiting topic.

extension PartitionQueue {
    /// Everything of the waiting topic before this counts no more; nil where that is not known, so that all of it has to
    /// be read.
    package var waitingFloor: Int64? { standing.floor }

    /// The waiting topic was read up to here, and what it says was put back.
    package mutating func waitingRead(upTo end: Int64) {
        standing.begin(at: end)
    }

    /// A record of the waiting topic was acknowledged, of a run or of another kind; call it for each of a batch, in the
    /// order of writing, and before `parked`; then `waitingBatchEnded`.
    ///
    /// - Parameter offset: nil where the broker did not tell.
    package mutating func waitingAcknowledged(_ key: [UInt8]?, isTombstone: Bool, offset: Int64?) {
        standing.acknowledge(key, isTombstone: isTombstone, at: offset)
    }

    /// - Parameter isAtomic: the batch was one transaction.
    package mutating func waitingBatchEnded(isAtomic: Bool) {
        standing.endBatch(isAtomic: isAtomic)
    }

    /// The newest record of a run is to be replaced.
    mutating func part(_ entry: Entry) {
        if let offset = entry.waitingOffset { standing.part(entry.run.key.waitingKey, from: offset) }
    }
}
