import Foundation
import TestSupport
import Testing
import Workers

/// The floor of the waiting topic in a commit's metadata.
@Suite struct SettledMapFloorTests {
    @Test func `a floor travels beside a map, takes nothing of its room and changes nothing of it`() throws {
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            var map = SettledMap()
            let frontier = Int64.random(in: 0...1_000_000, using: &random)
            var position = frontier
            // Ranges near each other, so that many of them are told by a bitmap.
            for _ in 0..<Int.random(in: 0...3_000, using: &random) {
                position += Int64.random(in: 2...8, using: &random)
                map.append(position...position)
            }
            let floor =
                Int64.random(in: 1...(.max), using: &random) >> Int64.random(in: 0...62, using: &random)
            let without = map.metadata(frontier: frontier)
            let text = map.metadata(frontier: frontier, floor: floor)
            #expect(SettledMap.floor(in: text) == (floor > 0 ? floor : nil), "seed \(seed)")
            #expect(SettledMap.floor(in: without) == nil)
            #expect(
                SettledMap(metadata: text, frontier: frontier)
                    == SettledMap(metadata: without, frontier: frontier))
            #expect(text?.utf8.count ?? 0 <= SettledMap.byteLimit + SettledMap.floorBytes)
            #expect(without?.utf8.count ?? 0 <= SettledMap.byteLimit)
        }
        #expect(SettledMap().metadata(frontier: 3, floor: 0) == nil)
    }

    @Test func `versions that know of no floor read the map beside it`() throws {
        var (few, many) = (SettledMap(), SettledMap())
        few.append(12...14)
        for offset in 0..<2_000 { many.append(Int64(102 + 3 * offset)...Int64(102 + 3 * offset)) }
        for (map, frontier) in [
            (few, Int64(10)), (few, 0), (SettledMap(), 0), (SettledMap(), 10), (many, 100),
        ] {
            let text = try #require(map.metadata(frontier: frontier, floor: 1 << 40))
            #expect(try FormerMap.ranges(in: text, frontier: frontier) == map.ranges)
        }
    }

    @Test(arguments: [
        "", "1", "2AAAA", "3AAAA", "1!!!!", "1gICAgICAgICAgICA", "some text of another program",
    ])
    func `text without a floor has none`(text: String) {
        #expect(SettledMap.floor(in: text) == nil)
    }
}

/// How a version that knows of no floor reads metadata, in short.
private enum FormerMap {
    static func ranges(in text: String, frontier: Int64) throws -> [ClosedRange<Int64>] {
        let bytes = Array(try #require(Data(base64Encoded: String(text.dropFirst()))))
        return text.first == "1" ? numbers(bytes, frontier) : bitmap(bytes, frontier)
    }

    private static func numbers(_ all: [UInt8], _ frontier: Int64) -> [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        var bytes = all[...]
        var position = frontier
        while let gap = number(&bytes), let length = number(&bytes) {
            let lower = position.addingReportingOverflow(Int64(clamping: gap))
            let upper = lower.partialValue.addingReportingOverflow(Int64(clamping: length))
            guard !lower.overflow, !upper.overflow, upper.partialValue < Int64.max else { break }
            ranges.append(lower.partialValue...upper.partialValue)
            position = upper.partialValue
        }
        return ranges
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst(), shift < 63 {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    private static func bitmap(_ bytes: [UInt8], _ frontier: Int64) -> [ClosedRange<Int64>] {
        var map = SettledMap()
        for (index, byte) in bytes.prefix(2_300).enumerated() {
            for bit in 0..<8 where byte & 1 << bit != 0 {
                let offset = frontier + Int64(index * 8 + bit)
                map.append(offset...offset)
            }
        }
        return map.ranges
    }
}
