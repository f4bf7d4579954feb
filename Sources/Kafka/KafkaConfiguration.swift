// What every Kafka client needs to know.

/// Settings shared by all clients.
///
/// Configuration keys: the owner of the process maps its own; these are the values.
package struct KafkaConfiguration: Sendable {
    /// `host:port`, several joined by commas.
    package var bootstrapServers: String
    /// How the brokers' logs and quotas name this client.
    package var clientID: String
    /// Handed to librdkafka as they are (`security.protocol`, `sasl.username`, `ssl.ca.location` …). They may
    /// override this module's defaults, but not the properties that its promises rest on: those are refused.
    package var properties: [String: String]
    /// How often queue lengths, round-trip times and unread records are written to the metrics; `nil` =
    /// never.
    package var statisticsInterval: Duration?

    package init(
        bootstrapServers: String, clientID: String = "sluice", properties: [String: String] = [:],
        statisticsInterval: Duration? = nil
    ) {
        self.bootstrapServers = bootstrapServers
        self.clientID = clientID
        self.properties = properties
        self.statisticsInterval = statisticsInterval
    }
}
