import ArgumentParser
import Connectors
import Flow
import Foundation
import Gateway
import Pipeline
import TestSupport
import Testing
import Workers

@testable import sluice

/// Keeps the defaults of docs/Configuration.md those of the code.
@Suite struct DefaultsDocsTests {
    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/Configuration.md")

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration.milliseconds) }
    private static func seconds(_ duration: Duration) -> Int { Int(duration.components.seconds) }
    private static func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }

    /// What roles work with where nobody has set anything, in the units of the keys.
    private static func defaults() async throws -> [String: Int] {
        let settings = try await CommonOptions.parse([]).settings(environment: [:])
        let roles = try RoleSettings(
            settings.config, catalogue: Catalogue([]), connectors: nil, instance: nil, delivery: nil)
        let (sender, matcher) = (roles.sender, roles.matcher)
        let (retry, gates, flood) = (sender.retry, sender.gates, sender.floodGuard)
        return [
            "consumer.sessionTimeoutMs": milliseconds(roles.sessionTimeout),
            "consumer.fetchWaitMs": milliseconds(roles.fetchWait),
            "gateway.port": roles.gateway.port,
            "gateway.requests": roles.gateway.requestLimit,
            "matcher.batchRecords": matcher.batchRecords,
            "matcher.duplicateIds": matcher.duplicateIDs,
            "matcher.duplicateHours": seconds(matcher.duplicateAge) / 3_600,
            "matcher.payloadBytes": matcher.payloadLimit,
            "sender.concurrency": sender.concurrency,
            "sender.openLimit": sender.openLimit,
            "sender.openBytes": sender.openBytes,
            "sender.settleIntervalMs": milliseconds(sender.settleInterval),
            "sender.settleCount": sender.settleCount,
            "sender.timeoutSeconds": seconds(sender.timeout),
            "sender.drainSeconds": seconds(sender.drain),
            "sender.lookUpSeconds": seconds(sender.lookUpDelay),
            "sender.waitingBytes": sender.waitingBytes,
            "sender.retry.baseMs": milliseconds(retry.base),
            "sender.retry.factorPercent": percent(retry.factor),
            "sender.retry.capMs": milliseconds(retry.cap),
            "sender.retry.maxAttempts": retry.maxAttempts,
            "sender.retry.maxAgeSeconds": seconds(retry.maxAge),
            "sender.breaker.failures": gates.circuit.failures,
            "sender.breaker.sharedFailures": gates.sharedFailures,
            "sender.breaker.pauseMs": milliseconds(gates.circuit.pause),
            "sender.breaker.pauseCapMs": milliseconds(gates.circuit.pauseCap),
            "sender.retryBudget.percent": percent(gates.budget.share),
            "sender.retryBudget.perSecond": Int(gates.budget.floor),
            "sender.floodGuard.percent": percent(flood.share),
            "sender.floodGuard.minimum": flood.minimum,
        ]
    }

    @Test func `the default of each number stands in its row`() async throws {
        let defaults = try await Self.defaults()
        // Half of another setting, as the page says.
        let numbers = SettingKeys.all.filter { if case .number = $0.value { true } else { false } }
        #expect(Set(numbers.keys).subtracting(defaults.keys) == ["sender.endpointConcurrency"])
        let rows = try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n")
        for (key, value) in defaults.sorted(by: { $0.key < $1.key }) {
            let row = try #require(rows.first { $0.hasPrefix("| `\(key)` |") }, "\(key)")
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            // The workers' table has a column of options before it.
            let cell = cells[key.hasPrefix("consumer.") ? 3 : 2]
            let number = cell.split(separator: " ").first.map { $0.replacing(",", with: "") }
            #expect(number == "\(value)", "\(key) is \(value), the page says \(cell)")
        }
    }
}
