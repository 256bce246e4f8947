using Soc.Memory;

namespace Soc.Iommu;

/// <content>The state of one translation, and how it fails.</content>
public sealed partial class RiscvIommu
{
    private enum StageResult
    {
        Ok,
        PageFault,
        AccessFault,
        Corrupted,
    }

    /// <summary>The result of one stage.</summary>
    private struct Leaf
    {
        /// <summary>The translated address of the byte asked for.</summary>
        public ulong Address;

        /// <summary>log2 of the leaf in bytes; 64 for a Bare stage.</summary>
        public int Bits;

        public AccessKinds Granted;

        public bool User;

        public bool Global;

        public bool Dirty;

        public int MemoryType;

        public static Leaf Bare(ulong address) => new()
        {
            Address = address,
            Bits = 64,
            Granted = AccessKinds.All,
            User = true,
            Dirty = true,
        };
    }

    /// <summary>One translation under way.</summary>
    private struct Journey
    {
        public IommuRequest Request;

        /// <summary>Kinds whose permission is checked and that choose the cause of a fault.</summary>
        public bool Read;

        public bool Write;

        public bool Execute;

        /// <summary>The request's privilege is supervisor.</summary>
        public bool Supervisor;

        /// <summary>Missing R, W and X permissions are faults: not for ATS translation requests.</summary>
        public bool Strict;

        /// <summary>The request came through the debug interface.</summary>
        public bool IsDebug;

        public DeviceContext? Device;

        /// <summary>The process looked up: the request's, or process 0 with DC.tc.DPE.</summary>
        public bool HasProcess;

        public uint Process;

        public FirstStageMode First;

        /// <summary>Epoch when the translation began.</summary>
        public ulong Epoch;

        public int Reads;

        public IommuFaultCause Cause;

        public ulong Iotval2;

        public readonly bool IsTranslationRequest => Request.AddressType == IommuAddressType.TranslationRequest;

        public readonly uint ActivePscid => First.Levels == 0 ? 0 : First.Pscid;

        public static Journey Of(in IommuRequest request, ulong epoch)
        {
            bool asks = request.AddressType == IommuAddressType.TranslationRequest;
            bool store = request.Kind == AccessKind.Store && !asks;
            bool fetch = request.Kind == AccessKind.Fetch;
            return new Journey
            {
                Request = request,

                // Section 7: an untranslated fetch needs X only, a translated one R and X, a translation request R.
                Read = asks || (!store && !(fetch && request.AddressType == IommuAddressType.Untranslated)),
                Write = asks ? !request.NoWrite : store,
                Execute = fetch && (request.AddressType == IommuAddressType.Untranslated || request.HasProcessId),
                Supervisor = request.HasProcessId && request.Supervisor,
                Strict = !asks,
                Epoch = epoch,
            };
        }

        /// <summary>Stops with a cause.</summary>
        public bool Fail(IommuFaultCause cause, ulong iotval2 = 0)
        {
            Cause = cause;
            Iotval2 = iotval2;
            return false;
        }

        public bool FailAccess() => Fail(
            Execute ? IommuFaultCause.InstructionAccessFault : Read ? IommuFaultCause.ReadAccessFault : IommuFaultCause.WriteAccessFault);

        public bool FailPage() => Fail(
            Execute ? IommuFaultCause.InstructionPageFault : Read ? IommuFaultCause.ReadPageFault : IommuFaultCause.WritePageFault);

        public bool FailGuestPage(ulong guestAddress, bool isImplicit, bool isWrite) => Fail(
            Execute ? IommuFaultCause.InstructionGuestPageFault : Read ? IommuFaultCause.ReadGuestPageFault : IommuFaultCause.WriteGuestPageFault,
            (guestAddress & ~3UL) | (isImplicit ? 1UL : 0) | (isWrite ? 2UL : 0));
    }
}
