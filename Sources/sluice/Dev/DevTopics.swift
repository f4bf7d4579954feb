import Flow
import Logging
import Registry
import ServiceLifecycle

/// Makes the topics of connectors that are applied while `dev` runs: its broker takes no `topics create`.
struct DevTopics: Service {
    let cluster: DevCluster
    let reader: RegistryReader
    let topics: Topics
    let logger: Logger

    func run() async throws {
        for await _ in reader.changes.cancelOnGracefulShutdown() {
            do {
                try await cluster.create(topics, for: reader.catalogue)
            } catch {
                // The others go on; with the next change it is tried again.
                logger.error(
                    "topics of an applied connector not made", metadata: ["error.message": "\(error)"])
            }
        }
    }
}
