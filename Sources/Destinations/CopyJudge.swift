internal import DICOM
internal import DICOMNetwork

/// Judges what a destination gave back: in whatever transfer syntax it keeps the object, its pixels must be the same, and its elements too, but
/// for those that say how the pixels are written.
struct CopyJudge {
    /// What was, or would have been, sent.
    let instance: OutgoingInstance
    let transcoder: any InstanceTranscoder

    /// An object as it lies, and uncompressed.
    private struct Forms {
        let raw: ComparableObject
        let plain: ComparableObject
        let wasLossy: Bool
    }

    /// Pixels that have other bytes, or are compressed otherwise, are decompressed and compared by their cells.
    ///
    /// Throws what keeps this machine from doing so: that says nothing of the copy.
    func judge(_ copy: some ObjectContent, as copySyntaxUID: String) async throws -> Comparison {
        let direct = Comparison(
            readBack: copy, as: copySyntaxUID, expected: instance.content, as: instance.transferSyntaxUID)
        guard isOpen(direct), [copySyntaxUID, instance.transferSyntaxUID].contains(where: Self.isCompressed) else { return direct }
        do {
            var theirs = instance
            (theirs.content, theirs.transferSyntaxUID) = (copy, copySyntaxUID)
            return try Self.compare(try await forms(of: instance, named: "our object"), with: try await forms(of: theirs, named: "the copy"))
        } catch let obstacle as ComparableObject.Obstacle {
            try Task.checkCancellation()
            return .notComparable(obstacle.sentence)
        }
    }

    /// Whether decompressing may tell more.
    private func isOpen(_ comparison: Comparison) -> Bool {
        switch comparison {
        case .equal, .transcoded, .equivalent: false
        case .notComparable: true
        case .different(let tags): tags.contains(.pixelData)
        }
    }

    private static func isCompressed(_ uid: String) -> Bool { TransferSyntax(uid: uid).isEncapsulated }

    private func forms(of instance: OutgoingInstance, named name: String) async throws -> Forms {
        let raw = try ComparableObject(instance.content, transferSyntaxUID: instance.transferSyntaxUID, name: name)
        let plainUID = TransferSyntax.explicitVRLittleEndian.uid
        guard Self.isCompressed(instance.transferSyntaxUID) else { return Forms(raw: raw, plain: raw, wasLossy: false) }
        guard transcoder.alternatives(to: instance.transferSyntaxUID).contains(plainUID) else {
            throw ComparableObject.Obstacle(sentence: "\(name) is in transfer syntax \(instance.transferSyntaxUID), which cannot be decompressed")
        }
        let transcoded: TranscodedInstance
        do {
            transcoded = try await transcoder.transcoded(instance, to: plainUID)
        } catch let error as DestinationError where error.category == .worker {
            throw error
        } catch {
            throw ComparableObject.Obstacle(sentence: "\(name) cannot be decompressed: \((error as? DestinationError)?.message ?? "\(type(of: error))")")
        }
        return Forms(
            raw: raw, plain: try ComparableObject(transcoded.content, transferSyntaxUID: plainUID, name: name), wasLossy: transcoded.wasLossy)
    }

    private static func compare(_ ours: Forms, with copy: Forms) throws(ComparableObject.Obstacle) -> Comparison {
        let elements = ElementComparison(ours, copy)
        var different = elements.different
        if let pixels = try ours.plain.differingPixels(copy.plain) {
            // Decoders of lossy compression may differ in the last bits, and in whether they turn colours.
            guard !ours.wasLossy || copy.wasLossy || different.contains(where: { $0 != .photometricInterpretation }) else {
                throw .init(sentence: "our pixels were compressed with loss, and the copy's are not those that we decode them to")
            }
            different.append(pixels)
        }
        guard different.isEmpty else { return .different(different.sorted()) }
        if let tags = elements.changedByUs { return tags.isEmpty ? .equal : .transcoded(tags) }
        let permitted = elements.permitted
        return permitted.isEmpty ? .equal : .equivalent(permitted, transferSyntaxUID: copy.raw.syntax.uid)
    }

    /// Digests of elements in the four forms.
    private struct ElementComparison {
        private let ours, ourPlain, copy, copyPlain: [Tag: ContentDigest]
        private let tags: [Tag]
        /// Whether the destination has compressed what we have otherwise.
        private let isCompressedByDestination: Bool

        /// Derivation Description and Derivation Code Sequence: whoever compresses may add what was done (PS3.3 §C.7.6.1.1.3).
        private static let derivation: Set<Tag> = [Tag(0x0008, 0x2111), Tag(0x0008, 0x9215)]

        init(_ ours: Forms, _ copy: Forms) {
            isCompressedByDestination = copy.raw.syntax.isEncapsulated && copy.raw.syntax != ours.raw.syntax
            self.ours = ours.raw.digests
            ourPlain = ours.plain.digests
            self.copy = copy.raw.digests
            copyPlain = copy.plain.digests
            tags = Set(self.ours.keys).union(ourPlain.keys).union(self.copy.keys).union(copyPlain.keys).sorted()
        }

        /// What the copy's transfer syntax does not explain.
        var different: [Tag] {
            tags.filter { tag in
                switch tag {
                // Who decompresses declares it, or not; the pixels' digest is the same for both orders of samples.
                case .originalAttributesSequence, .lossyImageCompression: copy[tag] != ours[tag] && copy[tag] != ourPlain[tag]
                case .planarConfiguration: false
                case _ where isCompressedByDestination && Self.derivation.contains(tag) && ours[tag] == nil: false
                default: copyPlain[tag] != ourPlain[tag]
                }
            }
        }

        /// When the copy is as we write the object in an uncompressed syntax: what that changes, beside its record.
        var changedByUs: [Tag]? {
            guard copy == ourPlain else { return nil }
            return tags.filter { $0 != .originalAttributesSequence && ourPlain[$0] != ours[$0] }
        }

        /// What it explains.
        var permitted: [Tag] { tags.filter { copy[$0] != ours[$0] } }
    }
}
