// `sluice dead histogram`.

import ArgumentParser
import Flow
import Pipeline

struct HistogramDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "histogram", abstract: "Counts dead letters by reason, connector, store, stage or hour.",
        discussion: """
            Numbers and ids in reasons are folded, but for a status behind HTTP, so that equal failures count as one; \
            --reason takes a folded reason, too. FAILED AGAIN counts what came \
            back after it was sent again. JSON: {by, groups: [{reason?, connector?, store?, stage?, hour?, open, \
            failed_again, replayed, discarded, total, newest?, example}], total}.

              sluice dead histogram
              sluice dead histogram --by connector,hour --since 1d
            """)

    @Option(
        help: ArgumentHelp(
            "reason, connector, store, stage, hour; several joined by commas.", valueName: "a,b"))
    var by = "connector,stage,reason"

    @OptionGroup(title: "Filters") var filters: DeadFilterOptions

    @Option(help: "How many rows to show.")
    var limit = 50

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(limit, in: 1...LetterHistogram.groupLimit, option: "--limit")
    }

    func run() async throws {
        let properties = try Self.properties(by)
        let settings = try await common.settings()
        let filter = try filters.filter(states: nil, try await filters.catalogue(settings))
        let histogram = try await DeadTopic.read(settings) { reader in
            var parts: [LetterReader.Part] = []
            for partition in reader.partitions {
                if let part = try await reader.part(partition, filter) { parts.append(part) }
            }
            let progress = Progress(total: DeadPass.offsets(of: parts), of: "offsets")
            let found = parts
            return try await progress.whileShown {
                try await Self.count(found, filter, by: properties, reader, progress)
            }
        }
        try print(histogram)
        if histogram.groups.isEmpty { await StoreCheck.note(filters.store, settings) }
    }

    private static func count(
        _ parts: [LetterReader.Part], _ filter: LetterFilter, by properties: [LetterHistogram.Property],
        _ reader: LetterReader, _ progress: Progress
    ) async throws -> LetterHistogram {
        var histogram = LetterHistogram(by: properties)
        for part in parts {
            let index = try await reader.index(of: part)
            var seen = part.letters.lowerBound
            try await reader.each(of: part, index) { entries, next in
                for entry in entries where filter.fits(entry) { histogram.take(entry) }
                progress.add(Int(next - seen))
                seen = next
                return true
            }
        }
        return histogram
    }

    /// - Throws: wrong use, for what is none of them or stands there twice.
    static func properties(_ text: String) throws(CommandError) -> [LetterHistogram.Property] {
        var properties: [LetterHistogram.Property] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = word.trimmingPrefix { $0 == " " }
            guard let property = LetterHistogram.Property(rawValue: String(name)),
                !properties.contains(property)
            else {
                throw .wrongUse(
                    "“\(name)” is unknown or there twice", at: "--by",
                    do: "use \(LetterHistogram.Property.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            properties.append(property)
        }
        return properties
    }

    private func print(_ histogram: LetterHistogram) throws {
        let groups = histogram.groups
        try output.printer.print(
            json: histogram.json(limit: limit), table: histogram.table(limit: limit),
            empty: "no dead letters" + (filters.state.isEmpty ? "" : " that fit"))
        if groups.count > limit, !output.printer.isJSON {
            Terminal.complain(
                "\((groups.count - limit).counted("more row")); --limit and the filters choose others")
        }
    }
}
