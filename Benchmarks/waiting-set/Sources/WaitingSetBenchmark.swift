import ArgumentParser

/// What a million waiting runs cost: in the index alone, and in a sender on a broker.
@main struct WaitingSetBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waiting-set", subcommands: [IndexCommand.self, BrokerCommand.self])
}
