// Where the registry's topic is.

import Flow
import Kafka

/// What readers and writers of the registry need to know.
package struct RegistryConfiguration: Sendable {
    package var kafka: KafkaConfiguration
    package var topics: Topics
    /// The connectors that ship with the program; users' own are in the registry.
    package var builtIn: Catalogue
    /// How long a broker may hold back an answer while nothing changes.
    package var fetchWaitMax: Duration
    /// How long one question to the brokers may take.
    package var queryLimit: Duration

    package init(
        kafka: KafkaConfiguration, topics: Topics = Topics(), builtIn: Catalogue = Catalogue([]),
        fetchWaitMax: Duration = .milliseconds(500), queryLimit: Duration = .seconds(5)
    ) {
        self.kafka = kafka
        self.topics = topics
        self.builtIn = builtIn
        self.fetchWaitMax = fetchWaitMax
        self.queryLimit = queryLimit
    }

    /// The registry has one partition: its order decides who wins.
    package var partition: TopicPartition { TopicPartition(topic: topics.registry, partition: 0) }
}
