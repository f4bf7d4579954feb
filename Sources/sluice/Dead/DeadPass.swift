// Replay and discard: what they have in common.

import Flow
import Foundation
import Kafka
import Liquid
import Pipeline
import Synchronization

/// Goes through the dead letters, acts on those that are meant, and prints what it came to.
struct DeadPass: Sendable {
    /// Letters that a dry run lists.
    private static let listed = 1_000

    let kind: LetterPass.Deed
    let options: DeadPassOptions
    let rate: Double?
    let printer: Printer

    func run(_ settings: Settings) async throws {
        let filter = try options.filter(try await options.filters.catalogue(settings))
        let mode = try RoleSettings.delivery(options.delivery, settings.config)
        let rules = try await rules(settings)
        let command = "\(word)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let pass = LetterPass(
            filter, kind, rules, limit: options.max ?? .max, command: command,
            time: { Date().formatted(.iso8601) })
        try await DeadTopic.read(settings) { reader in
            let writer =
                options.dryRun
                ? nil
                : try await LetterWriter(
                    settings.kafka(), topics: settings.topics, mode: mode, logger: settings.logger)
            let run = LetterRun(reader, writer: writer, pass, filter, rate: options.dryRun ? nil : rate)
            do {
                try await act(run, command)
                try await check(run.report, filter, reader, settings)
            } catch {
                await writer?.close()
                throw error
            }
            await writer?.close()
        }
    }

    /// - Throws: a failure, for places without a letter: nothing can be done about them.
    private func check(
        _ report: LetterReport, _ filter: LetterFilter, _ reader: LetterReader, _ settings: Settings
    ) async throws {
        if report.matched == 0 { await StoreCheck.note(filter.store, settings) }
        guard let places = filter.places, report.matched < places.count else { return }
        var missing: [LetterPlace] = []
        for place in places.sorted() where try await reader.entry(at: place) == nil {
            missing.append(place)
        }
        guard !missing.isEmpty else { return }
        throw CommandError.failed(
            "there is no dead letter at \(missing.map(\.description).joined(separator: ", "))",
            do: "list them with: sluice dead list --state any; old ones are removed in time")
    }

    /// What letters are checked against, with the topics that are there now.
    private func rules(_ settings: Settings) async throws -> LetterReplay.Rules {
        let existing = try await TopicQuery.run(settings.kafka(), settings.logger) { admin in
            try await admin.partitionCounts(within: .seconds(8))
        }
        return LetterReplay.Rules(
            topics: settings.topics, catalogue: try await KnownConnectors.directory(settings).catalogue,
            payloadLimit: try RoleSettings.payloadLimit(settings.config), existing: Set(existing.keys))
    }

    private func act(_ run: LetterRun, _ command: String) async throws {
        let parts = try await run.parts()
        let progress = Progress(total: Self.offsets(of: parts), of: "offsets")
        let letters = Mutex<[DeadEntry]>([])
        do {
            try await progress.whileShown {
                try await run.run(
                    parts,
                    chosen: { entries in
                        guard options.dryRun else { return }
                        letters.withLock { letters in
                            letters += entries.prefix(Self.listed - letters.count).map(\.withoutValue)
                        }
                    }, progress: { progress.add(Int($0)) })
            }
        } catch {
            // However it ended, the report says how far it came.
            try report(run.report, command, [])
            throw explained(error)
        }
        try report(run.report, command, letters.withLock { $0 })
    }

    static func offsets(of parts: [LetterReader.Part]) -> Int {
        parts.reduce(0) { $0 + $1.letters.count }
    }

    private var word: String {
        switch kind {
        case .replay: "replay"
        case .discard: "discard"
        }
    }

    private func explained(_ error: any Error) -> any Error {
        if let error = error as? KafkaError, error.kind == .fenced {
            return CommandError.failed(
                "another replay or discard has begun, and took this one's place",
                do: "let one of them run to its end; what this one did is done",
                details: ["\(error)"])
        }
        guard error is SendError || error is KafkaError else { return error }
        return CommandError.failed(
            "the \(word) did not come to its end",
            do: "correct the reason, and run the same again: it goes on",
            details: ["\(error)"])
    }

    // MARK: The report

    private func report(_ report: LetterReport, _ command: String, _ letters: [DeadEntry]) throws {
        guard !printer.isJSON else {
            return try printer.print(json: json(report, command, letters), text: "")
        }
        if !letters.isEmpty {
            try printer.say(
                TextTable(
                    DeadEntry.head, rows: letters.map(\.row), spare: DeadEntry.spare, below: "REASON"
                ).text(width: Terminal.width))
            if report.done > letters.count { try printer.say("… and \(report.done - letters.count) more") }
        }
        try printer.say(text(report).joined(separator: "\n"))
    }

    private func json(_ report: LetterReport, _ command: String, _ letters: [DeadEntry]) -> JSON {
        var members = report.json(doneWord.replacing(" ", with: "_"))
        members["command"] = .string(command)
        members["dry_run"] = .bool(options.dryRun)
        if options.dryRun { members["letters"] = .array(letters.map(\.json)) }
        return .object(members)
    }

    private var doneWord: String {
        switch kind {
        case .replay: "replayed"
        case .discard: "discarded"
        }
    }

    func text(_ report: LetterReport) -> [String] {
        let done = options.dryRun ? "would be \(doneWord)" : doneWord
        var lines = ["\(report.matched) matched, \(report.done) \(done), \(report.skipped) skipped"]
        for (reason, skip) in report.skipsByCount {
            let more = skip.count > skip.places.count ? " …" : ""
            let places = skip.places.map(\.description).joined(separator: " ")
            lines.append("  \(skip.count) skipped: \(TextWidth.printable(reason)) (\(places)\(more))")
        }
        if report.isCutShort {
            lines.append("more would have fitted than --max lets through; the rest is as it was")
        }
        return lines
    }
}
