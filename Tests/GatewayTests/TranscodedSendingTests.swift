import DICOM
import DICOMNetwork
@testable import Destinations
import Foundation
@testable import Gateway
import Migration
import Testing

/// Destinations that do not take, or do not keep, the transfer syntax that an object has: real programs and the real codec.
@Suite(.timeLimit(.minutes(5))) struct TranscodedSendingTests {
    private static let losslessFiles = ["MR_small_RLE.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "MR_small_bigendian.dcm"]

    private func transcoder(_ scratch: Scratch, program: String = Peer.worker) -> PixelTranscoder {
        PixelTranscoder(folder: scratch.path, program: program)
    }

    @Test("DCMTK that takes uncompressed objects only gets compressed and big endian ones so, with the same cells", arguments: ["+xi", "+xe"])
    func uncompressedOnly(option: String) async throws {
        let peer = try await Peer.storescp([option])
        defer { peer.stop() }
        let scratch = try Scratch()
        let jpeg = scratch("jpeg.dcm")
        try Peer.run("dcmcjpeg", "+e1", "\(try Wheel.folder())/MR_small.dcm", jpeg)
        let paths = try Self.losslessFiles.map { "\(try Wheel.folder())/\($0)" } + [jpeg, "\(try Wheel.folder())/image_dfl.dcm"]
        let objects = try paths.enumerated().map { try Peer.object($1, as: "1.2.826.0.1.\($0 + 1)") }
        let verdicts = try await peer.send(objects, transcoder(scratch))
        let expected = try #require(try Peer.object("\(try Wheel.folder())/MR_small.dcm", as: "1.2.3").dataSet()[.pixelData]?.value)
        for (object, verdict) in zip(objects, verdicts) {
            guard case .acknowledged("", let changed, _) = verdict else {
                Issue.record("\(object.transferSyntaxUID): \(verdict)")
                continue
            }
            // Grey pixels: nothing that describes them had to change.
            #expect(changed.isEmpty, "\(object.transferSyntaxUID)")
            let (stored, syntax) = try peer.stored(object)
            // With +xe it takes big endian objects too.
            let isBigEndian = object.transferSyntaxUID == TransferSyntax.explicitVRBigEndian.uid
            #expect(syntax == (option == "+xi" ? .implicitVRLittleEndian : isBigEndian ? .explicitVRBigEndian : .explicitVRLittleEndian))
            if object.transferSyntaxUID != TransferSyntax.deflatedExplicitVRLittleEndian.uid, !syntax.isBigEndian {
                #expect(stored[.pixelData]?.value?.elementsEqual(expected) == true, "\(object.transferSyntaxUID)")
            }
            #expect(stored.string(.lossyImageCompression) == nil)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["jpeg.dcm"])
    }

    @Test("Pixels that were compressed with loss are decompressed for a destination that takes nothing else, and declared, where the mark was absent too")
    func lossy() async throws {
        let peer = try await Peer.storescp(["+xe"])
        defer { peer.stop() }
        let scratch = try Scratch()
        let unmarked = scratch("unmarked.dcm")
        try FileManager.default.copyItem(atPath: "\(try Wheel.folder())/SC_rgb_jpeg_dcmtk.dcm", toPath: unmarked)
        try Peer.run("dcmodify", "-nb", "-ea", "(0028,2110)", unmarked)
        let objects = [
            try Peer.object(unmarked, as: "1.2.826.0.2.1"), try Peer.object("\(try Wheel.folder())/JPEG-lossy.dcm", as: "1.2.826.0.2.2"),
        ]
        let verdicts = try await peer.send(objects, transcoder(scratch))
        let explicit = TransferSyntax.explicitVRLittleEndian.uid
        #expect(verdicts[0] == .acknowledged(warning: "", changed: [.lossyImageCompression], writtenAs: explicit))
        #expect(verdicts[1] == .acknowledged(warning: "", changed: [], writtenAs: explicit))
        for object in objects { #expect(try peer.stored(object).dataSet.string(.lossyImageCompression) == "01") }
        let stored = try peer.stored(objects[0]).dataSet
        #expect(stored[.pixelData]?.value?.count == 100 * 100 * 3)
        let records = try stored.items(.originalAttributesSequence)
        let modified = try #require(try records.last?.items(Tag(0x0400, 0x0550)).first)
        #expect(modified.contains(.lossyImageCompression))
    }

    @Test("A codec that cannot be started is this machine's trouble, not the object's, in sending and in comparing")
    func noCodec() async throws {
        let scratch = try Scratch()
        let transcoder = transcoder(scratch, program: "/no/such/program")
        let object = try Peer.object("\(try Wheel.folder())/MR_small_jp2klossless.dcm", as: "1.2.826.0.4.1")
        let sending = await #expect(throws: DestinationError.self) { try await transcoder.transcoded(object, to: TransferSyntax.explicitVRLittleEndian.uid) }
        #expect(sending?.category == .worker)
        let copy = try Peer.object("\(try Wheel.folder())/MR_small.dcm", as: "1.2.826.0.4.1")
        let comparing = await #expect(throws: DestinationError.self) {
            try await CopyJudge(instance: object, transcoder: transcoder).judge(copy.content, as: copy.transferSyntaxUID)
        }
        #expect(comparing?.category == .worker)
    }

    @Test("worker send decompresses too, and tells what that changed")
    func command() async throws {
        let peer = try await Peer.storescp(["+xi"])
        defer { peer.stop() }
        let scratch = try Scratch()
        let unmarked = scratch("unmarked.dcm")
        try FileManager.default.copyItem(atPath: "\(try Wheel.folder())/SC_rgb_jpeg_dcmtk.dcm", toPath: unmarked)
        try Peer.run("dcmodify", "-nb", "-ea", "(0028,2110)", unmarked)
        let (status, report) = try peer.sendByCommand([unmarked])
        #expect(status == 0)
        let file = try #require((report["files"] as? [[String: Any]])?.first)
        #expect(file["status"] as? String == "acknowledged")
        #expect(file["changed"] as? [String] == ["(0028,2110)"])
        #expect(file["transferSyntaxUID"] as? String == TransferSyntax.implicitVRLittleEndian.uid)
        #expect(report["decompressed"] as? Int == 1)
        let stored = try peer.stored(Peer.object(unmarked, as: nil))
        #expect(stored.syntax == .implicitVRLittleEndian && stored.dataSet.string(.lossyImageCompression) == "01")
    }

    @Test("worker send of a disc with a damaged folder, and of a path that is not there, sends the rest, tells what is lost, and ends with 1")
    func damagedDisc() async throws {
        let peer = try await Peer.storescp([])
        defer { peer.stop() }
        let scratch = try Scratch()
        try Wheel.copy(["MR_small.dcm"], to: scratch("in"))
        try Wheel.copy(["CT_small.dcm"], to: scratch("in/sub"))
        try burn(scratch("in"), to: scratch("disc.iso"))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch("disc.iso")))
        // The record of the lower file, in both trees: its identifier stands 33 bytes from its begin (ECMA-119 9.1).
        for name in [Data("CT_SMALL.DCM;1".utf8), Data("CT_small.dcm".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })] {
            let range = try #require(bytes.range(of: name))
            for place in range.lowerBound - 33..<range.upperBound { bytes[place] = 1 }
        }
        try bytes.write(to: URL(fileURLWithPath: scratch("disc.iso")))
        let (status, report) = try peer.sendByCommand([scratch("disc.iso")])
        #expect(status == 1)
        #expect(report["acknowledged"] as? Int == 1 && report["failed"] as? Int == 0 && report["damaged"] as? Int == 0)
        let findings = try #require(report["findings"] as? [[String: Any]])
        #expect(findings.contains { $0["code"] as? String == "damaged-record" && $0["meansLoss"] as? Bool == true }, "\(findings)")
        let other = try peer.sendByCommand([scratch("none"), scratch("in")])
        #expect(other.status == 1)
        #expect(other.report["acknowledged"] as? Int == 2)
        #expect((other.report["findings"] as? [[String: Any]])?.map { $0["code"] as? String } == ["cannot-open"])
        #expect(try peer.sendByCommand([scratch("in")]).status == 0)
    }

    @Test("worker send takes the SOP UIDs of the meta header where the data set has none, as docs/conformance.md says")
    func metaHeader() async throws {
        // It looks at the UIDs of the data set only if it reads it.
        let peer = try await Peer.storescp(["--bit-preserving"])
        defer { peer.stop() }
        let scratch = try Scratch()
        let path = scratch("meta.dcm")
        var meta = DataSet()
        try meta.set(Tag(0x0002, 0x0000), UInt32(0))
        try meta.set(.mediaStorageSOPClassUID, "1.2.840.10008.5.1.4.1.1.7")
        try meta.set(.mediaStorageSOPInstanceUID, "1.2.826.0.7.1")
        try meta.set(.transferSyntaxUID, TransferSyntax.explicitVRLittleEndian.uid)
        try meta.correctGroupLengths([0x0002])
        var dataSet = DataSet()
        for tag in [Tag.studyInstanceUID, .seriesInstanceUID] { try dataSet.set(tag, "1.2.826.0.7") }
        let bytes = try meta.encode(as: .explicitVRLittleEndian) + dataSet.encode(as: .explicitVRLittleEndian)
        try Data([UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + bytes).write(to: URL(fileURLWithPath: path))
        let (status, report) = try peer.sendByCommand([path])
        #expect(status == 0)
        #expect((report["files"] as? [[String: Any]])?.map { $0["sopInstanceUID"] as? String } == ["1.2.826.0.7.1"])
    }

    @Test("Implicit elements around compressed pixels go out explicit, as their transfer syntax wants, by worker send too")
    func mixed() async throws {
        // It prefers JPEG Baseline, and keeps the bytes that come.
        let peer = try await Peer.storescp(["+xy", "--bit-preserving"])
        defer { peer.stop() }
        let path = "\(try Wheel.folder())/SC_rgb_jpeg.dcm"
        let (status, report) = try peer.sendByCommand([path])
        #expect(status == 0, "\(report)")
        let object = try Peer.object(path, as: nil)
        let stored = try peer.stored(object)
        #expect(stored.syntax.uid == "1.2.840.10008.1.2.4.50")
        let file = try #require((report["files"] as? [[String: Any]])?.first)
        #expect(file["transferSyntaxUID"] as? String == stored.syntax.uid)
        #expect(report["decompressed"] as? Int == 0)
        #expect(stored.dataSet.string(.studyInstanceUID) == object.studyInstanceUID)
        #expect(stored.dataSet.contains(.pixelData))
        #expect(try Data(contentsOf: peer.file(of: object)).suffix(Int(object.content.byteCount)).elementsEqual(object.bytes()))
    }

    @Test("What cannot be decoded fails with the codec's reason, and costs no other object")
    func undecodable() async throws {
        let peer = try await Peer.storescp(["+xe"])
        defer { peer.stop() }
        let scratch = try Scratch()
        let names = ["MR_small_jp2klossless.dcm", "MR_small_RLE.dcm", "MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"]
        var objects = try names.enumerated().map { try Peer.object("\(try Wheel.folder())/\($1)", as: "1.2.826.0.3.\($0 + 1)") }
        var bytes = try objects[0].bytes()
        // The codestream's size (SIZ), behind its start.
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0x4F, 0xFF, 0x51]) })
        for place in start + 8..<start + 30 { bytes[place] = 0xEE }
        objects[0].content = MemoryContent(bytes)
        objects[0].transferSyntaxUID = "1.2.840.10008.1.2.4.90"
        // A codec that does not live: what needs it fails.
        let broken = try await peer.send(objects, transcoder(scratch, program: "/bin/false"))
        let isAcknowledged = { (verdict: InstanceVerdict) in if case .acknowledged = verdict { true } else { false } }
        #expect(broken.map(isAcknowledged) == [false, false, false, true], "\(broken)")
        guard case .failed(.notAccepted, let crash) = broken[2] else {
            Issue.record("\(broken[2])")
            return
        }
        #expect(crash.contains("codec-crashed") && crash.contains("1.2.840.10008.1.2.4.80"), "\(crash)")
        let verdicts = try await peer.send(objects, transcoder(scratch))
        #expect(verdicts.map(isAcknowledged) == [false, true, true, true], "\(verdicts)")
        var foreign = objects[1]
        foreign.transferSyntaxUID = "1.2.840.10008.1.2.4.102"
        guard case .failed(.notAccepted, let detail) = try await peer.send([foreign], transcoder(scratch))[0] else {
            Issue.record("MPEG-4 was sent")
            return
        }
        #expect(detail.contains("1.2.840.10008.1.2.4.102"))
    }

    @Test("A task that is cancelled does not wait for the codec, and blames nobody")
    func cancelled() async throws {
        let scratch = try Scratch()
        let (program, begun) = (scratch("codec"), scratch("begun"))
        try Data("#!/bin/sh\n: >\(begun)\nexec sleep 1000\n".utf8).write(to: URL(fileURLWithPath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let object = try Peer.object("\(try Wheel.folder())/MR_small_RLE.dcm", as: nil)
        let transcoder = transcoder(scratch, program: program)
        let task = Task { try await transcoder.transcoded(object, to: TransferSyntax.explicitVRLittleEndian.uid) }
        while !FileManager.default.fileExists(atPath: begun) { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test("Orthanc that takes uncompressed objects only gives back equal what it was sent so, with loss or without")
    func readBackAfterTranscoding() async throws {
        let peer = try await Peer.orthanc(["AcceptedTransferSyntaxes": ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]])
        defer { peer.stop() }
        let scratch = try Scratch()
        let names = ["MR_small_jp2klossless.dcm", "MR_small_bigendian.dcm", "examples_jpeg2k.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_jpeg.dcm"]
        let objects = try names.enumerated().map { try Peer.object("\(try Wheel.folder())/\($1)", as: "1.2.826.0.4.\($0 + 1)") }
        let verdicts = try await peer.send(objects, transcoder(scratch))
        #expect(verdicts[2] == .acknowledged(warning: "", changed: [.photometricInterpretation], writtenAs: TransferSyntax.explicitVRLittleEndian.uid))
        for (object, verdict) in zip(objects, verdicts) {
            guard case .acknowledged("", let changed, _) = verdict else {
                Issue.record("\(object.transferSyntaxUID): \(verdict)")
                continue
            }
            let comparison = try await peer.destination(transcoder(scratch)).readBack(object, into: scratch.path)
            // What the sending told can be told again from the copy alone.
            #expect(comparison == (changed.isEmpty ? .equal : .transcoded(changed)), "\(object.transferSyntaxUID): \(comparison)")
        }
    }

    @Test("Orthanc that compresses what it gets gives back the same pixels; another pixel is found")
    func compressedByDestination() async throws {
        let peer = try await Peer.orthanc(["IngestTranscoding": "1.2.840.10008.1.2.4.70"])
        defer { peer.stop() }
        let scratch = try Scratch()
        let names = ["MR_small.dcm", "MR_small_RLE.dcm", "MR_small_jp2klossless.dcm"]
        let objects = try names.enumerated().map { try Peer.object("\(try Wheel.folder())/\($1)", as: "1.2.826.0.5.\($0 + 1)") }
        #expect(try await peer.send(objects, transcoder(scratch)) == Array(repeating: .acknowledged(warning: ""), count: 3))
        let destination = peer.destination(transcoder(scratch))
        for object in objects {
            let comparison = try await destination.readBack(object, into: scratch.path)
            // Orthanc writes into Derivation Description that it has compressed; JPEG 2000 it leaves as it is.
            let isCompressed = object.transferSyntaxUID != "1.2.840.10008.1.2.4.90"
            #expect(
                comparison == (isCompressed ? .equivalent([Tag(0x0008, 0x2111)], transferSyntaxUID: "1.2.840.10008.1.2.4.70") : .equal),
                "\(object.transferSyntaxUID): \(comparison)")
        }
        var other = objects[0]
        var bytes = try other.bytes()
        bytes[bytes.count / 2] ^= 1
        other.content = MemoryContent(bytes)
        let comparison = try await destination.readBack(other, into: scratch.path)
        #expect(comparison == .different([.pixelData]), "\(comparison)")
    }

    @Test("Orthanc that decompresses what it gets has equal objects where nothing was lost; of others it is said that nothing is proved")
    func decompressedByDestination() async throws {
        let peer = try await Peer.orthanc(["IngestTranscoding": "1.2.840.10008.1.2.1"])
        defer { peer.stop() }
        let scratch = try Scratch()
        let names = ["MR_small_RLE.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_dcmtk.dcm"]
        let objects = try names.enumerated().map { try Peer.object("\(try Wheel.folder())/\($1)", as: "1.2.826.0.6.\($0 + 1)") }
        #expect(try await peer.send(objects, transcoder(scratch)) == Array(repeating: .acknowledged(warning: ""), count: 3))
        let destination = peer.destination(transcoder(scratch))
        for object in objects[..<2] {
            let comparison = try await destination.readBack(object, into: scratch.path)
            #expect(comparison == .equal, "\(object.transferSyntaxUID): \(comparison)")
        }
        let lossy = try await destination.readBack(objects[2], into: scratch.path)
        guard case .notComparable(let why) = lossy else {
            Issue.record("\(lossy)")
            return
        }
        #expect(why.contains("with loss"), "\(why)")
    }

    @Test("A decompressed copy without a record of it counts, and what it changed is named; anything else is a difference")
    func judgement() async throws {
        let scratch = try Scratch()
        let object = try Peer.object("\(try Wheel.folder())/examples_jpeg2k.dcm", as: nil)
        let judge = CopyJudge(instance: object, transcoder: transcoder(scratch))
        let syntax = TransferSyntax.explicitVRLittleEndian
        var transcoded = object
        transcoded.content = try await transcoder(scratch).transcoded(object, to: syntax.uid).content
        transcoded.transferSyntaxUID = syntax.uid
        let plain = try transcoded.dataSet()
        func compare(_ edit: (inout DataSet) throws -> Void) async throws -> Comparison {
            var copy = plain
            try edit(&copy)
            return try await judge.judge(MemoryContent(copy.encode(as: syntax)), as: syntax.uid)
        }
        #expect(try await compare { _ in } == .transcoded([.photometricInterpretation]))
        let undeclared = try await compare { $0.remove(.originalAttributesSequence) }
        #expect(undeclared == .equivalent([.photometricInterpretation], transferSyntaxUID: syntax.uid), "\(undeclared)")
        #expect(try await compare { try $0.set(.photometricInterpretation, "YBR_RCT") } == .different([.photometricInterpretation]))
        #expect(try await compare { try $0.set(.patientName, "SOMEBODY^ELSE") } == .different([.patientName]))
        let pixels = try #require(plain[.pixelData]?.value)
        let other = try await compare { try $0.set(.pixelData, vr: .OB, value: Array(pixels.dropLast()) + [pixels.last! ^ 1]) }
        #expect(other == .different([.pixelData]))
    }
}
