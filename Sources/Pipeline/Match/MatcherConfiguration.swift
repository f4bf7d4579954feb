/// Settings of a matcher.
///
/// Configuration keys (scope `matcher`): `batchRecords` (records written in one commit, 1…100,000, default 5,000),
/// `duplicateIds` (ids remembered per partition, 1…10,000,000, default 200,000), `duplicateHours` (1…720, default 24),
/// `payloadBytes` (of one event, 1…1,000,000, default 50,000).
package struct MatcherConfiguration: Sendable {
    package var connectors: [String]
    /// Whether it reads the topics of connectors that users add, too.
    package var takesOwn = false
    package var batchRecords = 5_000
    /// Bytes decided before a commit; what a batch's last event adds comes on top.
    package var batchBytes = 16 << 20
    package var duplicateIDs = 200_000
    package var duplicateAge = Duration.seconds(24 * 3600)
    package var payloadLimit = 50_000

    package init(connectors: [String]) {
        self.connectors = connectors
    }
}
