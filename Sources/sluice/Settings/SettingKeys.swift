// Every setting that there is.

/// The keys of settings, and what each may be. `kafka.properties.*` is not among them: those are librdkafka's.
enum SettingKeys {
    enum Kind: Sendable {
        case text
        /// Never shown.
        case secret
        case number(ClosedRange<Int>)
    }

    static let all: [String: Kind] = [
        "prefix": .text,
        "logLevel": .text,
        "kafka.bootstrapServers": .text,
        "registry.secretsKeys": .secret,
        "instance": .text,
        "delivery": .text,
        "consumer.sessionTimeoutMs": .number(1_000...300_000),
        "consumer.fetchWaitMs": .number(1...5_000),
        "gateway.host": .text,
        "gateway.port": .number(1...65_535),
        "gateway.requests": .number(1...10_000),
        "matcher.batchRecords": .number(1...100_000),
        "matcher.duplicateIds": .number(1...10_000_000),
        "matcher.duplicateHours": .number(1...720),
        "matcher.payloadBytes": .number(1...1_000_000),
        "sender.concurrency": .number(1...10_000),
        "sender.openLimit": .number(1...100_000),
        "sender.openBytes": .number(1_000_000...1 << 40),
        "sender.settleIntervalMs": .number(1...5_000),
        "sender.settleCount": .number(1...10_000),
        "sender.timeoutSeconds": .number(1...30),
        "sender.allowedNetworks": .text,
        "sender.drainSeconds": .number(1...60),
        "sender.lookUpSeconds": .number(0...3_600),
        "sender.waitingBytes": .number(0...1 << 40),
        "sender.retry.baseMs": .number(10...3_600_000),
        "sender.retry.factorPercent": .number(100...1_000),
        "sender.retry.capMs": .number(10...86_400_000),
        "sender.retry.maxAttempts": .number(1...1_000),
        "sender.retry.maxAgeSeconds": .number(1...30 * 86_400),
        "sender.endpointConcurrency": .number(1...10_000),
        "sender.breaker.failures": .number(1...10_000),
        "sender.breaker.sharedFailures": .number(1...100_000),
        "sender.breaker.pauseMs": .number(10...3_600_000),
        "sender.breaker.pauseCapMs": .number(10...3_600_000),
        "sender.retryBudget.percent": .number(0...1_000),
        "sender.retryBudget.perSecond": .number(1...100_000),
        "sender.floodGuard.percent": .number(1...101),
        "sender.floodGuard.minimum": .number(1...100_000),
    ]

    /// Keys beside an unknown one, for its error: those of its scope, or else the scopes.
    static func beside(_ key: String) -> [String] {
        let scope = key.lastIndex(of: ".").map { String(key[...$0]) } ?? ""
        let near = all.keys.filter { $0.hasPrefix(scope) && !$0.dropFirst(scope.count).contains(".") }
        return (near.isEmpty ? Array(all.keys) : near).sorted()
    }
}
