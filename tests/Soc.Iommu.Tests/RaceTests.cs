using Soc.Iommu.Tests.Support;
using Soc.Memory;

namespace Soc.Iommu.Tests;

/// <summary>
/// The races of riscv-iommu.md section 12.3, between an IOMMU, devices that keep copies of its answers, and the messages between them. R19 is in
/// <see cref="CommandTests"/>, R20 in <see cref="FirstStageTests"/>.
/// </summary>
public sealed class RaceTests
{
    private const ulong Old = 0x10_0000;
    private const ulong New = 0x20_0000;

    [Fact]
    public void R1_before_the_invalidation_old_and_new_are_both_legal()
    {
        var rig = new CopyRig(devices: 2);
        Assert.Equal(Old, rig.Access(0));
        rig.Remap(New);
        Assert.Equal(Old, rig.Access(0));
        Assert.Contains(rig.Access(1)!.Value, new[] { Old, New });
    }

    [Fact]
    public void R2_between_invalidation_and_fence_a_device_may_use_what_it_has_and_the_fence_waits_for_it()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);
        rig.Invalidate();
        rig.Fence();
        Assert.Equal(Old, rig.Access());
        Assert.True(rig.Bench.Iommu.IsFencing);
        rig.Deliver();
        Assert.False(rig.Bench.Iommu.IsFencing);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void R3_an_access_after_the_fence_never_uses_the_old_value(int devices)
    {
        var rig = new CopyRig(devices);
        for (int device = 0; device < devices; device++)
        {
            Assert.Equal(Old, rig.Access(device));
        }

        rig.Remap(New);
        rig.Invalidate();
        rig.Fence();
        for (int device = 0; device < devices; device++)
        {
            Assert.True(rig.Bench.Iommu.IsFencing);
            rig.Deliver(device);
        }

        Assert.False(rig.Bench.Iommu.IsFencing);
        for (int device = 0; device < devices; device++)
        {
            Assert.Equal(New, rig.Access(device));
        }
    }

    [Fact]
    public void R4_an_answer_of_an_earlier_walk_that_comes_after_the_invalidation_is_neither_used_nor_kept()
    {
        var rig = new CopyRig();
        Assert.Equal(DeviceTlbResult.Ask, rig.Devices[0].Translate(new IommuRequest(0, CopyRig.Iova, AccessKind.Load), false, out _, out _));
        (IommuResponse stale, ulong stamp) = rig.Ask();
        Assert.Equal(Old, stale.Address);
        rig.Remap(New);
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.False(rig.Bench.Iommu.IsFencing);
        rig.Devices[0].Answer(stale, stamp, consumed: false);
        Assert.Equal(0, rig.Devices[0].Used);
        Assert.Equal(1UL, rig.Devices[0].Statistics.Discarded);
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R5_a_store_that_is_not_visible_when_the_invalidation_runs_leaves_the_old_value_cached_for_good()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());

        // The entry's store is still in the hart's store buffer: the IOMMU walks again and finds the old value.
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);
        Assert.Equal(Old, rig.Access());
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R6_a_doorbell_before_the_command_is_visible_executes_what_is_in_the_queue()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);

        // The slot still holds zeros: no command at all, so the queue stops there.
        rig.Bench.Set(36, 4, 1);
        Assert.Equal(1UL << 10, rig.Bench.CommandControl & (1UL << 10));
        Assert.Equal(0UL, rig.Bench.CommandHead);
        Assert.Equal(Old, rig.Access());
    }

    [Fact]
    public void R7_the_head_passes_an_invalidation_that_is_not_done()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);
        rig.Invalidate();
        Assert.Equal(1UL, rig.Bench.CommandHead);
        Assert.Equal(Old, rig.Access());
        rig.Fence();
        Assert.Equal(1UL, rig.Bench.CommandHead);
        rig.Deliver();
        Assert.Equal(2UL, rig.Bench.CommandHead);
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R8_a_fence_without_PW_does_not_wait_for_a_write_under_way_and_one_with_it_does()
    {
        var rig = new CopyRig { HasAccessUnderWay = true };
        rig.Bench.Command(0x2);
        Assert.Equal(1UL, rig.Bench.CommandHead);
        rig.Bench.Command(0x2002);
        Assert.Equal(1UL, rig.Bench.CommandHead);
        Assert.Equal(1, rig.Draining);
        rig.FinishAccesses();
        Assert.Equal(2UL, rig.Bench.CommandHead);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R9_a_table_page_is_freed_only_behind_an_invalidation_of_non_leaf_entries(bool nonLeaf)
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        ulong root = rig.Root + (8 * (CopyRig.Iova >> 30));
        ulong middle = rig.Bench.Pages();
        ulong leaf = rig.Bench.Pages();
        rig.Bench.Memory[middle] = (leaf >> 12 << 10) | IommuBench.V;
        rig.Bench.Memory[leaf] = (New >> 12 << 10) | IommuBench.Rwx;
        rig.Bench.Memory[root] = (middle >> 12 << 10) | IommuBench.V;

        // Address-only: old or new for the path; with NL: new.
        rig.Bench.Command(0x1 | 1UL << 10 | 7UL << 12 | 1UL << 32 | (nonLeaf ? 1UL << 34 : 0), CopyRig.Iova >> 12 << 10);
        rig.Fence();
        rig.Deliver();
        ulong[] legal = nonLeaf ? [New] : [Old, New];
        Assert.Contains(rig.Access()!.Value, legal);
    }

    [Fact]
    public void R10_a_command_for_one_PSCID_need_not_reach_a_global_mapping()
    {
        var rig = new CopyRig();
        rig.Bench.Memory[rig.Entry] |= IommuBench.G;
        Assert.Equal(Old, rig.Access());
        rig.Bench.Memory[rig.Entry] = (New >> 12 << 10) | IommuBench.Rwx | IommuBench.G;
        rig.Invalidate();
        rig.Deliver();
        Assert.Equal(Old, rig.Access());
        rig.Bench.Command(0x1 | 1UL << 10, CopyRig.Iova >> 12 << 10);
        rig.Deliver();
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R11_a_command_for_the_other_stage_does_not_reach_a_copy()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);
        rig.Bench.Command(0x81);
        rig.Deliver();
        Assert.Equal(Old, rig.Access());
        rig.Invalidate();
        rig.Deliver();
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R12_a_context_that_is_edited_in_place_takes_effect_at_its_invalidation_and_not_in_parts()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        ulong place = rig.Bench.PlaceOf(0);
        ulong other = rig.Bench.Pages();
        rig.Bench.Map(other, 8, CopyRig.Iova, New, IommuBench.Rwx);
        rig.Bench.Put(place + 24, Dc.Atp(8, other));
        rig.Bench.Put(place + 16, 8UL << 12);

        // Half of the edit is done: the cached context still is the old one, as a whole.
        Assert.Equal(Old, rig.Access(kind: AccessKind.Store));
        rig.Bench.Command(0x3 | 1UL << 33);
        rig.Deliver();
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R13_a_new_context_with_a_used_PSCID_finds_the_old_translations_of_the_IOTLB()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        ulong other = rig.Bench.Pages();
        rig.Bench.Map(other, 8, CopyRig.Iova, New, IommuBench.Rwx);
        rig.Bench.Put(rig.Bench.PlaceOf(0) + 24, Dc.Atp(8, other));
        rig.Bench.Command(0x3 | 1UL << 33);
        rig.Deliver();
        Assert.Equal(Old, rig.Access());
        rig.Invalidate();
        rig.Deliver();
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R14_a_fence_pays_for_the_commands_of_everybody_before_it_and_each_waits_for_its_own()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());

        // Hart A: fence. Hart B: change, invalidation, fence, behind it in the same queue.
        rig.Bench.Command(0x1 | 1UL << 10 | 9UL << 12 | 1UL << 32, 0x5000 >> 12 << 10);
        rig.Fence();
        rig.Remap(New);
        rig.Invalidate();
        rig.Fence();
        Assert.Equal(1UL, rig.Bench.CommandHead);
        rig.Deliver();
        Assert.Equal(4UL, rig.Bench.CommandHead);
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R15_a_device_that_is_attached_during_an_unmapping_walks_what_is_visible()
    {
        var rig = new CopyRig(devices: 2);
        Assert.Equal(Old, rig.Access(0));
        rig.Remap(0);

        // The device was published before the entry was changed, so the command reaches it too: nothing of it is cached.
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.Null(rig.Access(1));
        Assert.Null(rig.Access(0));
    }

    [Fact]
    public void R16_a_table_of_two_IOMMUs_needs_a_command_for_each()
    {
        var first = new CopyRig();
        var second = new CopyRig();
        Assert.Equal(Old, first.Access());
        Assert.Equal(Old, second.Access());
        first.Remap(New);
        second.Remap(New);
        first.Invalidate();
        first.Fence();
        first.Deliver();
        Assert.Equal(New, first.Access());
        Assert.Equal(Old, second.Access());
        second.Invalidate();
        second.Fence();
        second.Deliver();
        Assert.Equal(New, second.Access());
    }

    [Fact]
    public void R17_a_PSCID_that_is_issued_again_before_its_invalidation_is_done_hits_for_its_new_owner()
    {
        var rig = new CopyRig(devices: 2);
        Assert.Equal(Old, rig.Access(0));
        ulong other = rig.Bench.Pages();
        rig.Bench.Map(other, 8, CopyRig.Iova, New, IommuBench.Rwx);
        rig.Bench.Put(rig.Bench.PlaceOf(1) + 24, Dc.Atp(8, other));
        Assert.Equal(Old, rig.Access(1));
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.Equal(New, rig.Access(1));
    }

    [Fact]
    public void R18_a_queue_that_stops_between_invalidation_and_fence_goes_on_when_it_is_repaired()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);
        rig.Invalidate();
        rig.Bench.Command(0);
        rig.Fence();
        rig.Deliver();
        Assert.Equal(1UL, rig.Bench.CommandHead);
        rig.Bench.Put(rig.Bench.CommandQueue + 16, 0x2);
        rig.Bench.Set(72, 4, 3 | (1UL << 10));
        Assert.Equal(3UL, rig.Bench.CommandHead);
        Assert.Equal(New, rig.Access());
    }

    [Fact]
    public void R21_a_record_of_an_access_before_the_fence_may_be_read_after_it()
    {
        var rig = new CopyRig();
        rig.Remap(0);
        Assert.Null(rig.Access());
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.False(rig.Bench.Iommu.IsFencing);
        Assert.Equal(1UL, rig.Bench.FaultTail);
        Assert.Equal(CopyRig.Iova, rig.Bench.Record(0, 2));
    }

    [Fact]
    public void R22_a_retargeted_interrupt_file_is_reached_by_the_old_way_until_GVMA_and_its_fence()
    {
        var rig = new CopyRig();
        IommuBench bench = rig.Bench;
        ulong second = bench.Pages(4);
        bench.Map(second, 8, 0, 0, IommuBench.Rwx, level: 2, second: true);
        ulong table = bench.Pages();
        bench.Put(table, (Old >> 2) | 7);
        bench.Device(0, new Dc { Iohgatp = Dc.Atp(8, second, 5), Msiptp = (1UL << 60) | (table >> 12), Pattern = 0x28000 });
        bench.Command(0x3 | 1UL << 33);
        rig.Deliver();
        const ulong file = 0x2800_0000;
        Assert.Equal(Old, rig.Access(kind: AccessKind.Store, iova: file));
        bench.Put(table, (New >> 2) | 7);
        Assert.Equal(Old, rig.Access(kind: AccessKind.Store, iova: file));
        bench.Command(0x81 | 1UL << 33 | 5UL << 44 | 1UL << 10, file >> 12 << 10);
        rig.Fence();
        Assert.True(bench.Iommu.IsFencing);
        rig.Deliver();
        Assert.Equal(New, rig.Access(kind: AccessKind.Store, iova: file));
    }

    [Fact]
    public void R23_the_debug_interface_may_answer_from_the_IOTLB()
    {
        var rig = new CopyRig();
        Assert.Equal(Old, rig.Access());
        rig.Remap(New);
        rig.Bench.Set(600, 8, CopyRig.Iova);
        rig.Bench.Set(608, 8, 1 | 8);
        Assert.Equal(Old >> 12, rig.Bench.Get(616, 8) >> 10 & 0xFFF_FFFF_FFFF);
        rig.Invalidate();
        rig.Deliver();
        rig.Bench.Set(608, 8, 1 | 8);
        Assert.Equal(New >> 12, rig.Bench.Get(616, 8) >> 10 & 0xFFF_FFFF_FFFF);
    }

    [Fact]
    public void R24_mode_Off_shows_busy_until_every_device_has_dropped_what_it_had_and_refuses_afterwards()
    {
        var rig = new CopyRig(devices: 2);
        Assert.Equal(Old, rig.Access(0));
        Assert.Equal(Old, rig.Access(1));
        rig.Bench.Set(16, 8, 0);
        Assert.Equal(0x10UL, rig.Bench.Get(16, 8) & 0x1F);
        Assert.Equal(Old, rig.Access(1));
        rig.Deliver(0);
        Assert.Equal(0x10UL, rig.Bench.Get(16, 8) & 0x1F);
        rig.Deliver(1);
        Assert.Equal(0UL, rig.Bench.Get(16, 8) & 0x1F);
        Assert.Null(rig.Access(0));
        Assert.Null(rig.Access(1));
        Assert.Equal(IommuFaultCause.AllTransactionsDisallowed, rig.Devices[1].Cause);
    }

    [Fact]
    public void An_ATS_entry_survives_IOTINVAL_and_is_dropped_by_ATS_INVAL()
    {
        var rig = new CopyRig(ats: true);
        Assert.Equal(Old, rig.Access(ats: true));
        rig.Remap(New);
        rig.Invalidate();
        rig.Fence();
        rig.Deliver();
        Assert.Equal(Old, rig.Access(ats: true));
        rig.InvalidateDevice();
        rig.Fence();
        Assert.True(rig.Bench.Iommu.IsFencing);
        rig.Deliver();
        Assert.False(rig.Bench.Iommu.IsFencing);
        Assert.Equal(New, rig.Access(ats: true));
    }

    [Fact]
    public void An_ATS_entry_is_of_no_use_when_the_context_forbids_translated_requests()
    {
        var rig = new CopyRig(ats: true);
        Assert.Equal(Old, rig.Access(ats: true));
        rig.Bench.Put(rig.Bench.PlaceOf(0), Dc.Valid);
        rig.Bench.Command(0x3 | 1UL << 33);
        rig.Fence();
        rig.Deliver();
        Assert.Null(rig.Access(ats: true));
        Assert.Equal(IommuFaultCause.TransactionTypeDisallowed, rig.Devices[0].Cause);
    }

    [Fact]
    public void A_page_that_is_only_readable_is_no_answer_to_a_store_of_a_device_with_ATS()
    {
        var rig = new CopyRig(ats: true);
        rig.Bench.Memory[rig.Entry] &= ~IommuBench.W;
        Assert.Equal(Old, rig.Access(ats: true));
        Assert.Equal(DeviceTlbResult.Ask, rig.Devices[0].Translate(new IommuRequest(0, CopyRig.Iova, AccessKind.Store), true, out _, out _));
        (IommuResponse response, ulong stamp) = rig.Ask();
        rig.Devices[0].Answer(response, stamp, consumed: false);
        Assert.Equal(DeviceTlbResult.NoPermission, rig.Devices[0].Translate(new IommuRequest(0, CopyRig.Iova, AccessKind.Store), true, out _, out _));

        // Delivered once: afterwards the device asks again.
        Assert.Equal(DeviceTlbResult.Ask, rig.Devices[0].Translate(new IommuRequest(0, CopyRig.Iova, AccessKind.Store), true, out _, out _));
    }

    [Fact]
    public void A_full_device_TLB_says_that_a_copy_made_room()
    {
        var rig = new CopyRig();
        bool evicted = false;
        for (ulong page = 0; page < 9; page++)
        {
            ulong iova = CopyRig.Iova + (page << 12);
            rig.Bench.Map(rig.Root, 8, iova, Old + (page << 12), IommuBench.Rwx);
            Assert.Equal(DeviceTlbResult.Ask, rig.Devices[0].Translate(new IommuRequest(0, iova, AccessKind.Load), false, out _, out _));
            (IommuResponse response, ulong stamp) = rig.Ask();
            evicted = rig.Devices[0].Answer(response, stamp, consumed: false);
            Assert.Equal(page == 8, evicted);
        }

        Assert.Equal((8, 1UL), (rig.Devices[0].Used, rig.Devices[0].Statistics.Evicted));
    }
}
